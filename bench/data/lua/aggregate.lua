-- Of all Deployments those whose replicas are ready and whose name ends in 7.
function evaluate()
  local hs = {message = ""}
  local chosen = {}
  local ready = 0
  for _, resource in ipairs(resources) do
    if resource.status.readyReplicas == resource.spec.replicas then
      ready = ready + 1
      if string.match(resource.metadata.name, "7$") then
        table.insert(chosen, resource)
      end
    end
  end
  hs.resources = chosen
  hs.message = "ready: " .. ready
  return hs
end
