// Served as immutable, like every file but index.html: a change needs the next number in the name.
// Runs before the first paint, so that a chosen theme never flashes. A file of its own because the page's
// content security policy allows no inline script.
try {
  const theme = localStorage.getItem("culprit-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's preference stands.
}
