"""Units, staff, devices and the audit log as heads and head office see and change them; imports' own rules carry a change out."""
