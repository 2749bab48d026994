"""The Flet app of an advisor and a head: local store, sync and screens; it counts nothing itself and serves nobody."""
