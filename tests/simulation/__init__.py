"""The torture suite: phones and the server's real sync under one seed, one clock and every fault that can be thought of."""
