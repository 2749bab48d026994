"""The audit log (操作日志): who changed what in units, staff, lines and sign-ins. Written by whoever changes it, read by people."""
