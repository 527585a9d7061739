// Copies what is shown once, at the press of a button; without a script it is copied by hand.
document.addEventListener('DOMContentLoaded', function () {
  const button = document.querySelector('[data-copies]')
  if (!button) return
  const field = document.getElementById(button.dataset.copies)
  const told = document.getElementById('copied')
  field.addEventListener('focus', function () { field.select() })
  button.hidden = false
  button.addEventListener('click', async function () {
    field.select()
    let done = false
    try {
      await navigator.clipboard.writeText(field.value)
      done = true
    } catch {
      done = document.execCommand('copy')
    }
    if (done) told.textContent = button.dataset.done
  })
})
