"""Cases (案例) as heads make them and head office approves them. Reading them is playbook/'s."""
