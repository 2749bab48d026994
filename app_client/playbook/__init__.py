"""Playbook (话术案例): what others said, for everybody to learn from; and the advisor's own cases, to be agreed to. Proposing is cases/."""
