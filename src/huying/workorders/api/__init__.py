"""REST: orders, their actions, files and subscriptions (R200, R239). `config.api` puts the routers together."""
