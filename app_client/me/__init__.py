"""Me (我的): who is signed in, what waits to be sent, and how the app looks and speaks."""
