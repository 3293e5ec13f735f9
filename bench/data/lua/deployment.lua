-- Ready, with every container limited: reads and loops, as scripts in the documents do.
function evaluate()
  local hs = {matching = false, message = ""}
  if obj.status == nil or obj.status.availableReplicas ~= obj.spec.replicas then
    hs.message = "not all replicas are available"
    return hs
  end
  for _, condition in ipairs(obj.status.conditions) do
    if condition.type == "Available" and condition.status == "True" then
      hs.matching = true
    end
  end
  for _, container in ipairs(obj.spec.template.spec.containers) do
    if container.resources == nil or container.resources.limits == nil then
      hs.matching = false
      hs.message = "container " .. container.name .. " has no limits"
    end
  end
  return hs
end
