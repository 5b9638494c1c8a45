"""What touches a page: browsers, their pages, and the scripts that run there."""
