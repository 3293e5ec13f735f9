function evaluate()
  hs = {}
  hs.matching = false
  hs.message = ""
  if obj.status.loadBalancer.ingress ~= nil then
    hs.matching = true
  end
  return hs
end
