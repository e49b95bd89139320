"""The local cluster: builds it from package registries, runs it, and takes it away again."""
