const one = id => document.getElementById(id);
const rows = [...document.querySelectorAll('.row')];
function choose() {
  const words = one('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const kind = one('kind').value, term = one('term').value, language = one('language').value, only = one('only').checked;
  let shown = 0;
  for (const row of rows) {
    const fits = (!kind || row.dataset.kind === kind) && (!row.dataset.term || row.dataset.term === term);
    let left = 0;
    for (const cell of row.querySelectorAll('.cell, .none')) {
      const own = (row.dataset.text + ' ' + (cell.dataset.text || '')).toLowerCase();
      const here = fits && words.every(word => own.includes(word)) &&
        (cell.dataset.language === undefined ? !only && !language : (!language || cell.dataset.language === language) && (!only || cell.dataset.remarks !== '0'));
      cell.hidden = !here;
      if (here) { ++left; if (cell.classList.contains('cell')) ++shown; }
    }
    row.hidden = left === 0;
  }
  for (const group of document.querySelectorAll('.kind')) group.hidden = !group.querySelector('.row:not([hidden])');
  one('count').value = shown === 1 ? '1 mail' : shown + ' mails';
  one('nothing').hidden = rows.some(row => !row.hidden);
}
one('search').value = new URLSearchParams('words=' + location.hash.slice(1)).get('words');
for (const id of ['search', 'kind', 'term', 'language', 'only']) one(id).addEventListener('input', choose);
choose();
