"""Networks of the repairs on torch: of all rooms below the deployments only this folder imports it, when built."""
