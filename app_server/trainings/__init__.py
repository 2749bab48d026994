"""Trainings (培训): when, what, and who was there; what came of them is told by packs."""
