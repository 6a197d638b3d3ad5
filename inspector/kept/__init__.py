"""What files of the user's keep from session to session: arguments that were sent, calls with a name."""
