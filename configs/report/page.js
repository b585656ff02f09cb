'use strict';
// Sorts a table by a column: numbers by data-v, texts by locale; a second click turns the order.
// Cells without a value stay at the end either way. Equal rows keep their order.
function sortBy(head) {
  const table = head.closest('table');
  const body = table.tBodies[0];
  const column = head.cellIndex;
  const down = head.getAttribute('aria-sort') === 'ascending';
  for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const sign = down ? -1 : 1;
  const rows = Array.from(body.rows, (row, at) => {
    const cell = row.cells[column];
    const number = cell.dataset.v;
    const missing = number === undefined && cell.classList.contains('none');
    return {row, at, missing, number: number === undefined ? NaN : Number(number), text: cell.textContent};
  });
  rows.sort((a, b) => {
    if (a.missing !== b.missing) return a.missing ? 1 : -1;
    const both = !Number.isNaN(a.number) && !Number.isNaN(b.number);
    const order = both ? a.number - b.number : a.text.localeCompare(b.text, 'en', {numeric: true});
    return sign * order || a.at - b.at;
  });
  body.append(...rows.map(r => r.row));
}

// Shows the rows that contain every word typed.
function filterRows(input) {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of input.nextElementSibling.querySelectorAll('tbody tr')) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every(word => text.includes(word));
  }
}

for (const head of document.querySelectorAll('table.sort th'))
  head.addEventListener('click', () => sortBy(head));
for (const input of document.querySelectorAll('input.filter'))
  input.addEventListener('input', () => filterRows(input));
// On paper everything is open.
window.addEventListener('beforeprint', () => {
  for (const block of document.querySelectorAll('#energy details, #failures details')) block.open = true;
});
