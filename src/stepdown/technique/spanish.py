"""Hear technique in Spanish by rules alone: enough to practise with, less sure than the English coder.

The rules name the plainest ways of doing each thing, after the definitions of the codebook. They have
not been held against experts. Accents may be left out. What a line does to a person follows from its
codes, as there is no network to say it.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata

from stepdown.technique.codebook import CODES
from stepdown.technique.coding import Coding, Span
from stepdown.technique.score import WEIGHTS, balance, emptiness, line_score

SURE, PERHAPS = 0.85, 0.5
STEEP, PLAIN_LINE = 1.8, 0.25
"""How much the balance of codes says of the effect; and a line with no code at all, in logits."""
MANY_FREE, MANY_COST = 3, 3.0
"""More helping acts than these in one turn are a list, not talk; each further one costs, in logits."""

_START = r"(?:^|[.,;:!?¿¡] *)(?:y |pero |entonces |vale |bueno )?"
_FEELING = (
    r"(?:asustad[oa]|miedo|panico|triste(?:za)?|enfadad[oa]|enfado|enojad[oa]|furios[oa]|sol[oa]|cansad[oa]|agotad[oa]|"
    r"perdid[oa]|desesperad[oa]|abrumad[oa]|avergonzad[oa]|humillad[oa]|dolid[oa]|herid[oa]|nervios[oa]|angustia(?:d[oa])?|"
    r"preocupad[oa]|frustrad[oa]|frustracion|culpa(?:ble)?|rabia|dolor|pena|verguenza|harto|harta|alterad[oa]|"
    r"mal|impotencia|desesperacion|atrapad[oa]|acorralad[oa]|traicionad[oa])"
)
_IMPERATIVE = (
    r"(?:sientese|sientate|bajese|bajate|baje (?:de|del|la)|callese|callate|parese|parate|pare|suelte(?:lo|la)?|suelta(?:lo|la)?|"
    r"tire(?:lo|la)?|levantese|levantate|salga|apartese|apartate|echese|pongase|quitese|quieto|quieta|dese la vuelta|de la vuelta|"
    r"obedezca|obedece|muevase|muevete|haga lo que|haz lo que|retroceda|hagalo|venga (?:aqui|conmigo|para aca)|ven aqui|"
    r"manos arriba|al suelo|no se mueva|no te muevas|mireme|respire hondo|basta)"
)
_RULES: tuple[tuple[str, float, str], ...] = (
    ("open_question", SURE, _START + r"(?:que|como|cual(?:es)?|de que|a que|en que) (?!hora|edad|tal\b)[^?.!]*\?|\bcuent[ae](?:me|nos|melo)?\b|\bhabl[ae]me\b|\bdiga?me (?:que|como|mas)\b|\bquiero (?:entender|saber) (?:por )?que\b"),
    ("closed_question", SURE, _START + r"(?!que|como|cual|por que|de que|a que|en que|para que)[^?.!,;:¿]+\?|\b(?:cuantos?|cuantas?|donde|cuando|a que hora|que edad)\b[^?.!]*\?"),
    ("why_question", SURE, _START + r"por que\b[^?.!]*\?|\bpara que (?:hace|haces|hizo)\b"),
    ("stacked_questions", SURE, r"\?[^?]*\?"),
    ("reflection", SURE, r"\b(?:parece|suena|se ve) (?:que|como)\b|^asi que\b|\bha dicho (?!que pare)\w|\blo que dice es\b|\bse trata de\b|\besto es por\b"),
    ("reflection", SURE, _START + r"(?:usted )?(?:quiere|quieres|necesita|necesitas|lleva|llevas|ha (?!comido|bebido|dormido|pensado|dicho)\w+(?:ado|ido)|has (?!comido|bebido|dormido|pensado|dicho)\w+(?:ado|ido)|(?:le|te) (?:importa|han|ha|pesa|duele|falta)|se ha|te has|hoy (?:le|te) han|nadie (?:le|te) ha)\b[^?]{6,}[.]"),
    ("emotion_label", SURE, rf"\b(?:parece|suena|se (?:le )?(?:ve|nota|siente)|esta|estas|te (?:veo|noto|siento)|le (?:veo|noto|siento)|siente|sientes|tiene|tienes|da|ha dado)\b[^.?!]{{0,28}}\b{_FEELING}\b(?!\?)|\b(?:le|te) (?:afecta|pesa|duele)\b|\bmucha carga\b"),
    ("validation", SURE, r"\b(?:tiene sentido|(?:es|seria) (?:normal|logico|comprensible|natural)|cualquiera (?:en|se|acab|estar|habri|con|pens|sent)\w*|lo entiendo(?!,? pero)|(?<!no )(?:le|te) entiendo(?!,? pero)|veo (?:por que|cuanto|lo)|(?:es|suena|parece) (?:muy |tan |demasiado )?(?:duro|dificil)|(?:es|ha sido|fue) (?:mucho|demasiado)|(?:tiene|debe|ha) (?:que|de)? ?(?:ser|sido|haber sido) (?:muy )?(?:duro|dificil|horrible|terrible|agotador)|tiene derecho|con razon|no me extrana|a mi tambien me habri\w+|no es culpa suya|no es poco)\b"),
    ("summary", SURE, r"\b(?:a ver si (?:lo )?(?:he )?enten\w+|si (?:le |te |lo )?(?:entiendo|he oido|he entendido) bien|en resumen|resumiendo)\b"),
    ("minimal_encourager", SURE, _START + r"(?:mm+|aja|ya veo|claro|siga|sigue|continue|continua|adelante|(?:le|te) escucho|estoy escuchando|le oigo|te oigo)[.,! ]*(?=$|[A-Za-z])"),
    ("affirmation", SURE, r"\b(?:(?:lo )?ha hecho bien|has hecho bien|bien hecho|hace falta (?:mucho |mucha )?(?:valor|fuerza)|es (?:fuerte|valiente)|ha aguantado|ha cuidado|se necesita (?:valor|fuerza)|admiro|lo esta haciendo bien)\b"),
    ("introduction", SURE, r"\b(?:me llamo|mi nombre es)\b|^(?:hola[.,]? )?soy \w+"),
    ("reason", SURE, r"\b(?:porque|es para que|para que (?:nadie|usted|todos|no)|la razon es|(?:le|te) explico)\b"),
    ("choice", SURE, r"\b(?:prefier[ae]s?|puede elegir|puedes elegir|(?:usted|tu) (?:elige|eliges|decide|decides|dira|marca el ritmo|manda)|como (?:usted |tu )?(?:quiera|quieras)|a su ritmo|a tu ritmo|tomese (?:su|todo el) tiempo|tomate (?:tu|todo el) tiempo|lo que (?:usted|tu) (?:elija|quieras|decida))\b"),
    ("concrete_help", SURE, r"\b(?:le|te|os) (?:traigo|llamo|acompano|ayudo|consigo|busco|llevo|dejo (?:espacio|sitio))\b|\bpuedo (?:traer|llamar|acompanar|ayudar|quedarme|conseguir|buscar|llevar|pedir|hablar con)\w*\b|\b(?:le|te) puedo (?:ayudar|traer|llamar|acompanar|conseguir)\b|\bme (?:quedo|echo (?:un poco )?atras|siento aqui|aparto)\b|\bno (?:me acerco|voy a acercarme)\b|\bestoy aqui\b|(?<!no )\bpodemos (?:ir|hacer|pensar|buscar|llamar|empezar|sentarnos|resolver)\b|\bsin prisa\b|\bvamos juntos\b|\bvoy con usted\b|\bconmigo esta a salvo\b"),
    ("information", SURE, r"\b(?:lo que (?:va a pasar|viene) (?:es|ahora)|ahora (?:va a|viene|llegara)|viene (?:una|un|alguien)|tardara|llegara en)\b"),
    ("apology", SURE, r"\b(?:lo siento|siento (?:que|mucho|lo)|perdon(?:e|a|eme)?|disculp[ae]\w*|lamento)\b"),
    ("thanks", SURE, r"\b(?:gracias|se lo agradezco|te lo agradezco|le agradezco)\b"),
    ("agreement", SURE, r"\b(?:tiene razon|tienes razon|es verdad|es cierto|de acuerdo, |estoy de acuerdo)\b"),
    ("limit", SURE, r"\b(?:no puedo (?:permitir|dejar)|lo que no puede ser|hasta aqui)\b"),
    ("command", SURE, rf"{_START}(?:por favor,? |ya |ahora )?{_IMPERATIVE}\b|\by {_IMPERATIVE}\b|\bya basta\b|\by punto\b|\bhe dicho que\b"),
    ("threat", SURE, r"\bo (?:le|te|lo|la|les) (?:voy|vas|va|van|hare|obligo|detengo|arresto|esposo|saco|disparo|reduc\w+)\b|\bva a (?:salir|acabar) (?:herido|mal|en la carcel)|\bse va a arrepentir|\bte vas a arrepentir|\blo va a lamentar|\b(?:le|te) voy a (?:obligar|detener|arrestar|esposar)|\bhacer dano\b(?=[!.]*$)(?<=van a hacer dano)|\by no (?:le|te) pasara nada"),
    ("ultimatum", SURE, r"\b(?:ultim[oa] (?:vez|aviso|advertencia|oportunidad)|tienes? (?:diez|cinco|tres|treinta|dos|un) (?:segundos?|minutos?)|no (?:se )?(?:lo )?(?:voy a repetir\w*|repito)|cuento hasta)\b"),
    ("calm_down", SURE, r"\b(?:calmese|calmate|tranquilicese|tranquilizate|tranquilidad|relajese|relajate|no (?:hace falta )?(?:ponerse|se ponga|te pongas) asi)\b|" + _START + r"(?:calma|tranquil[oa])\b"),
    ("dismissal", SURE, r"\b(?:no (?:es|puede ser|sera) para tanto|no (?:es|fue) nada|exagera|exageras|no me importa|me da igual|olvidelo|olvidalo|perder el tiempo|deje de|no haga ninguna tonteria)\b"),
    ("dismissal", PERHAPS, r"\b(?:no pasa nada|se (?:exactamente )?como se siente|esta empeorando|seguro que no lo)\b"),
    ("insult", SURE, r"\b(?:idiota|imbecil|estupid[oa]|inutil|payas[oa]|cobarde|egoista|ridicul[oa]|loc[oa])\b"),
    ("profanity", SURE, r"\b(?:mierda|joder|carajo|cono|puta|hostia)\b"),
    ("unsolicited_advice", SURE, r"\b(?:deberia|deberias|tendria que|tendrias que|lo que tienes? que hacer|por que no (?:intenta|prueba|se \w+)\w*|intente no|piense en)\b"),
    ("false_promise", SURE, r"\btodo (?:va a |ira |saldra )(?:ir |salir )?bien|\b(?:le|te) prometo|\bse lo prometo|\bseguro que (?:todo )?se arregla|\btodo se arregla"),
)  # fmt: skip
_COMPILED = tuple((code, weight, re.compile(shape)) for code, weight, shape in _RULES)
_BLUNT = ("command", "threat", "ultimatum", "calm_down", "insult", "dismissal")
SMALL_WORDS = frozenset(
    [
        "a",
        "al",
        "algo",
        "alguien",
        "ante",
        "aqui",
        "asi",
        "aun",
        "aunque",
        "cada",
        "como",
        "con",
        "conmigo",
        "cual",
        "cuando",
        "cuanto",
        "de",
        "del",
        "desde",
        "donde",
        "dos",
        "e",
        "el",
        "ella",
        "ellas",
        "ellos",
        "en",
        "entre",
        "era",
        "es",
        "esa",
        "ese",
        "eso",
        "esta",
        "estan",
        "estar",
        "estas",
        "este",
        "esto",
        "estos",
        "estoy",
        "fue",
        "ha",
        "haber",
        "habia",
        "hace",
        "hacer",
        "han",
        "has",
        "hasta",
        "hay",
        "he",
        "hoy",
        "ir",
        "la",
        "las",
        "le",
        "les",
        "lo",
        "los",
        "mas",
        "me",
        "mi",
        "mientras",
        "mis",
        "mismo",
        "muy",
        "nada",
        "nadie",
        "ni",
        "no",
        "nos",
        "nosotros",
        "o",
        "os",
        "otra",
        "otro",
        "para",
        "pero",
        "poco",
        "por",
        "porque",
        "pues",
        "que",
        "quien",
        "se",
        "sea",
        "ser",
        "si",
        "sido",
        "sin",
        "sobre",
        "solo",
        "son",
        "su",
        "sus",
        "suya",
        "suyo",
        "tal",
        "tan",
        "tanto",
        "te",
        "ti",
        "tiene",
        "tienen",
        "tienes",
        "todo",
        "todos",
        "tu",
        "tus",
        "un",
        "una",
        "uno",
        "unos",
        "usted",
        "ustedes",
        "va",
        "vamos",
        "van",
        "voy",
        "y",
        "ya",
        "yo",
    ]
)
_PHRASES = frozenset(
    [
        "siento",
        "siente",
        "sientes",
        "sentir",
        "sentimientos",
        "tristeza",
        "rabia",
        "miedo",
        "dolor",
        "entiendo",
        "entiende",
        "escucho",
        "escuchar",
        "escuchando",
        "oigo",
        "valido",
        "validar",
        "validacion",
        "respeto",
        "respetar",
        "gracias",
        "compartir",
        "comparto",
        "fuerte",
        "valiente",
        "ayudar",
        "ayuda",
        "apoyo",
        "elegir",
        "elige",
        "opcion",
        "opciones",
        "decision",
        "disculpe",
        "perdon",
        "lamento",
        "sentido",
        "cualquiera",
        "dificil",
        "duro",
        "dice",
        "decir",
        "parece",
        "nombre",
        "llamo",
        "razon",
        "cuente",
        "cuenteme",
        "mas",
        "importante",
        "importa",
        "confianza",
        "confiar",
        "empatia",
        "agradezco",
        "tranquilo",
        "seguro",
        "juntos",
        "puede",
        "puedo",
        "quiere",
    ]
)
_WORD = re.compile(r"[a-z]{2,}")


def plainly(text: str) -> str:
    """Return a text in small letters without accents; as long as before.

    >>> plainly("¿Qué pasó?")
    '¿que paso?'
    """
    return "".join(unicodedata.normalize("NFD", c.lower())[0] for c in text)


class SpanishCoder:
    """A coder of technique for Spanish lines; used as the English one is."""

    @property
    def digest(self) -> str:
        """The name of these rules."""
        return hashlib.sha256(repr(_RULES).encode()).hexdigest()[:16]

    def code(self, text: str, previous: str | None = None) -> Coding:  # noqa: ARG002
        """Code one turn; the line before is not looked at."""
        words = plainly(text)
        given = dict.fromkeys(CODES, 0.0)
        spans = []
        for code, weight, shape in _COMPILED:
            match = shape.search(words)
            if match and weight > given[code]:
                given[code] = weight
                spans.append(Span(code, match.start(), match.end(), weight))
        _settle(given)
        heard = bool(_WORD.search(words))
        return Coding(
            text,
            tuple(c for c in CODES if given[c] >= SURE),
            given,
            tuple(s for s in spans if given[s.code] > 0),
            tuple(c for c in CODES if 0 < given[c] < SURE),
            _score(words, given) if heard else 0.0,
            () if heard else ("no words",),
            heard=heard,
        )


def _settle(given: dict[str, float]) -> None:
    """Let the more particular code stand where two hear the same words."""
    if given["why_question"] or given["choice"]:
        given["open_question"] = given["closed_question"] = 0.0
    if given["open_question"]:
        given["closed_question"] = 0.0
    if given["threat"] or given["ultimatum"]:
        given["reason"] = 0.0
    if any(given[code] >= SURE for code in _BLUNT):
        for code in ("concrete_help", "validation", "reflection", "minimal_encourager"):
            given[code] = 0.0


def _score(words: str, given: dict[str, float]) -> float:
    helping = sum(given[code] >= SURE and WEIGHTS.get(code, 0) > 0 for code in given)
    empty = emptiness(words, SMALL_WORDS, _PHRASES) + MANY_COST * max(0, helping - MANY_FREE)
    effect = 1 / (1 + math.exp(-(STEEP * balance(given) + PLAIN_LINE - empty)))
    return round(line_score("", given, effect), 3)
