// Ties the button of a page to the security key, and says it in the page when that fails.
document.addEventListener('DOMContentLoaded', function () {
  const button = document.querySelector('[data-security-key]')
  const failed = document.getElementById('key-failed')
  if (!button) return
  const forms = window.allauth.webauthn.forms
  const adding = button.dataset.securityKey === 'add'
  const ids = { credential: button.dataset.credential, data: 'js_data' }
  ids[adding ? 'add' : 'authenticate'] = button.id
  button.addEventListener('click', function () { failed.hidden = true })
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    failed.hidden = false
  })
  if (adding) forms.addForm({ ids }); else forms.authenticateForm({ ids })
})
