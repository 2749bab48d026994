"""Sign in (登录): who uses this app on this device."""
