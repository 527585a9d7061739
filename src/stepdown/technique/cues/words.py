"""Patterns of words that speak for a code, strongest first, for text with or without punctuation.

Every pattern is matched on lower-case text with straight apostrophes. `'?` lets recogniser text
pass ("dont", "im"). The weight is the assumed probability that the code holds where the pattern
is found; the trained coder weighs them anew.
"""

from __future__ import annotations

import re
from typing import NamedTuple

FEELING = (
    r"(?:afraid|angry|annoyed|anxious|ashamed|bored|confused|desperate|devastated|disappointed|"
    r"discouraged|disrespected|embarrassed|exhausted|fed up|frightened|frustrat\w+|furious|guilty|"
    r"heartbroken|helpless|hopeless|humiliated|hurt(?!ing (?:him|her|some))|ignored|irritated|"
    r"jealous|let down|livid|lonely|lost|mad|miserable|nervous|numb|on edge|overwhelm\w+|panick\w+|"
    r"pissed off|powerless|sad|scared|shaken|shocked|sick of|stressed|stuck|terrified|threatened|"
    r"tired|torn|trapped|uncomfortable|unsure|upset|weary|worn out|worried|relieved|proud|hopeful|"
    r"betrayed|bitter|cornered|distressed|fearful|resentful|sore|unsafe|wary)"
)
_HEDGE = (
    r"(?:really|very|so|pretty|quite|a bit|a little|kind of|kinda|sort of|just|still|"
    r"obviously|clearly|all|both|totally|completely|absolutely|getting|feeling|maybe) "
)


class Pattern(NamedTuple):
    """One expression and how strongly it speaks for its code."""

    weight: float
    expression: re.Pattern[str]


def _patterns(*rows: tuple[float, str]) -> tuple[Pattern, ...]:
    return tuple(Pattern(weight, re.compile(expression)) for weight, expression in rows)


PATTERNS: dict[str, tuple[Pattern, ...]] = {
    "emotion_label": _patterns(
        (0.9, rf"\byou(?:'?re| are| sound| seem| look| feel| felt| must (?:be|feel|have been))"
              rf"(?: like you'?re)? (?:{_HEDGE}){{0,3}}{FEELING}\b"),
        (0.85, rf"\b(?:sounds?|seems?|looks?) (?:like|as if|as though) (?:it'?s |it was |you(?:'?re| are|"
               rf" feel| felt| were|'?ve been) )(?:{_HEDGE}){{0,3}}{FEELING}\b"),
        (0.75, rf"\b(?:that|this|it)(?:'?s| is| was| must be| must have been| made you(?: feel)?|"
               rf" makes you(?: feel)?|'?s been) (?:{_HEDGE}){{0,3}}(?:for you )?{FEELING[:-1]}|"
               r"frightening|scary|frustrating|upsetting|humiliating|exhausting|infuriating|terrifying)\b"),
        (0.7, r"\b(?:your|so much|there'?s (?:a lot of )?) ?(?:anger|fear|grief|pain|shame|"
              r"frustration|worry|sadness|guilt|loneliness)\b"),
    ),
    "validation": _patterns(
        (0.9, r"\b(?:any(?:one|body)|most people|lots of people|a lot of people|who|i)(?: else)?"
              r"(?: in your (?:place|shoes|position|spot))?(?:'?d| would| wouldn'?t| might)"
              r"(?: probably)?(?: not)? (?:be|feel|want|lose|react|have)\b"),
        (0.9, r"\b(?:it|that|this)(?: all| really| kind of)? (?:makes|made)(?: total| perfect| complete|"
              r" a lot of)? sense\b"),
        (0.9, r"\bno wonder\b|\b(?:can'?t|don'?t) blame you\b|\bunderstandabl[ey]\b|\bunderstandably\b"),
        (0.85, r"\b(?:that|this|it)(?:'?s| is| must(?:'?ve| have)? be(?:en)?| sounds| seems| was)"
               r"(?: just| really| so| very| such| been| got to be| pretty| an?| a hell of)*"
               r" (?:a lot|hard|tough|rough|awful|terrible|horrible|painful|difficult|not easy|"
               r"heavy|too much|unfair|brutal)\b"),
        (0.75, r"\byou(?:'?ve| have) (?:every|a) right to\b|\byou(?:'?ve| have) been through a lot\b"),
        (0.7, r"\bi can (?:see|understand|hear|imagine|tell) (?:why|how|that)\b|\bi (?:get|understand) why\b"),
        (0.6, r"\bnot (?:easy|your fault|crazy|alone)\b|\bof course you\b|\bnormal to (?:feel|be)\b"),
    ),
    "summary": _patterns(
        (0.85, r"\b(?:let me|lemme|can i|if i can|i'?ll|want to|just)(?: just)?(?: see if| make sure| check)?"
               r" (?:i(?:'?ve)? (?:got|have|understand|heard|follow)|summari[sz]e|sum (?:it |that )?up|"
               r"recap|play (?:it|that) back|say (?:it|that) back)\b"),
        (0.7, r"\b(?:so far|what i(?:'?m| am)? hear(?:d|ing)?|putting (?:that|it) together|"
              r"if i(?:'?ve)? (?:got|understand|heard|hear)(?: you)?|on (?:the )?one hand)\b"),
        (0.6, r"\b(?:you(?:'?ve)? (?:told|said|mentioned|talked)).{10,200}\b(?:and|also|plus|then)\b"),
    ),
    "affirmation": _patterns(
        (0.85, r"\b(?:good|great|nice|well) (?:for you|job|work|thinking|done|going|call|on you)\b"),
        (0.85, r"\b(?:that|it|this)(?: really)? (?:took|takes|must have taken) (?:\w+ )?"
               r"(?:guts|courage|strength|effort|a lot)\b|\b(?:brave|courage|impressive|impressed)\b"),
        (0.75, r"\b(?:you'?re|you are|you'?ve been) (?:really |very |so |pretty |clearly |such )?(?:a )?"
               r"(?:strong|good (?:mother|mom|mum|father|dad|friend|son|daughter)|smart|thoughtful|"
               r"doing (?:really |so |very )?(?:well|great|good)|committed|resilient|caring|careful|patient)\b"),
        (0.7, r"\byou(?:'?ve)? (?:did|done|handled|managed|kept|held|came|worked).{0,30}\b"
              r"(?:well|right thing|together|anyway|so far|all this|here today|great)\b"),
        (0.65, r"\bproud of (?:you|yourself)\b|\bthat'?s (?:really )?(?:great|wonderful|fantastic|awesome|"
               r"excellent|commendable|a (?:big|great|good|huge) (?:step|start))\b"),
    ),
    "introduction": _patterns(
        (0.9, r"\b(?:my name(?:'?s| is)|the name'?s|call me)\b"),
        (0.85, r"\b(?:i'?m|i am|this is|it'?s)(?: just)?(?: the| an?| your| one of the)? ?(?:\w+,? )?"
               r"(?:officer|deputy|sergeant|sgt|doctor|dr|nurse|constable|pc|detective|trooper|"
               r"paramedic|medic|counsell?or|social worker|manager|supervisor|chaplain|"
               r"security|conductor|driver|principal|teacher|teaching assistant|case ?worker|"
               r"charge nurse|night nurse|neighbou?r|porter|dispatcher|negotiator)\b"),
        (0.8, r"\b(?:i'?m|i am) (?:with|from) (?:the )?(?:police|sheriff|county|city|ambulance|fire|"
              r"hospital|crisis|school|council|store|station|outreach|\w+ (?:department|team|unit|service))\b"),
        (0.75, r"^(?:hi|hello|hey|good (?:morning|evening|afternoon))[,. ]+(?:there[,. ]+|sir[,. ]+|"
               r"ma'?am[,. ]+|folks[,. ]+)?(?:i'?m|i am|this is|you'?re (?:through|talking) (?:to|with)) \w+"),
        (0.6, r"\b(?:i'?m|name'?s) [a-z]+,? (?:(?:and )?i(?:'?m| work)|one of|an? |the |from|with|your)\b|\bi work (?:here|with|for)\b|^i'?m [A-Za-z]+\.$|\bthis is [a-z]+ (?:from|with|at)\b"),
    ),
    "reason": _patterns(
        (0.8, r"\bbecause\b|\b'?cause (?:i|we|it|the|there|they|you)\b|\bthe reason\b|\bso that\b"),
        (0.75, r"\bthat'?s why (?:i|we|they)\b|\bthe (?:thing|point) is (?:i|we|that)\b|\bin order to\b"),
        (0.65, r"\b(?:so|that way) (?:i|we|you|nobody|no one|everyone|they|he|she) (?:can|could|don'?t|"
               r"won'?t|have|know|doesn'?t|get|isn'?t|aren'?t)\b|\bi'?m (?:just )?(?:asking|here|calling|"
               r"doing this|telling you)(?: this)? (?:because|so|to|about|since|as)\b|\bwe got a call\b"),
        (0.6, r"\bsince (?:i|we|there|it|the)\b|\b(?:just )?to (?:make sure|keep (?:you|everyone|us))\b"),
    ),
    "choice": _patterns(
        (0.9, r"\bup to you\b|\byour (?:choice|call|decision)\b|\bwhich(?:ever)? (?:one )?(?:would you|"
              r"do you|you|works|suits)\b|\byou (?:get to )?(?:decide|choose|pick)\b"),
        (0.85, r"\bwould you (?:rather|prefer|like (?:me )?to .{3,60} or)\b|\bor (?:would|do|shall|should)"
               r" (?:you|we|i)(?: rather| prefer| like| want)?\b|\bif you(?:'?d)? (?:rather|prefer|like)\b"),
        (0.75, r"\b(?:we|you|i) (?:can|could).{4,90}\bor (?:we|you|i|just|wait|sit|stay|go|here|somewhere|if)\b"),
        (0.7, r"\b(?:here|inside|now|today|tea|sit|stay|alone|with me) or\b(?! else)|\boptions?\b|"
              r"\bwhen(?:ever)? you'?re ready\b|\bonly if you want\b|\bno pressure\b|\bcouple of (?:things|ways)\b"),
    ),
    "concrete_help": _patterns(
        (0.85, r"\b(?:i'?ll|i can|i could|let me|i'?m going to|i'?m gonna|we can|we'?ll|we could)"
               r"(?: just| go| try to| go and| see if i can)* (?:get|bring|grab|fetch|find|call|ring|phone|"
               r"check|ask|look|see if|see what|turn|move|walk you|stay|wait|sit|drive|write|print|hold|"
               r"carry|open|show you|talk to|speak to|make you|help you|take you|arrange|sort|chase|page|"
               r"have (?:someone|them)|stand|give you|put you through|book|order|pull)\b"),
        (0.8, r"\b(?:can|could|may|shall) i (?:get|bring|grab|call|ring|offer|turn|find|help you)\b|"
              r"\b(?:do you )?want me to\b|\bwould (?:you like|it help if i|it help to)\b|\blike me to\b"),
        (0.6, r"\bhow can i help\b|\bwhat (?:can|could) i (?:do|get)\b|\bi (?:brought|got) you\b"),
    ),
    "information": _patterns(
        (0.75, r"\byou(?:'?re| are) (?:not |free |allowed|entitled|not being|being|next|under arrest)\b|"
               r"\byou have (?:the|a) right\b|\byou (?:don'?t|won'?t) have to\b|\bnot in trouble\b"),
        (0.7, r"\bwhat (?:happens|will happen|'?s going to happen|usually happens)(?: next| now| is)\b|"
              r"\bthe next (?:step|one|thing|train|bus)\b|\bit (?:takes|opens|closes|starts|runs|works|usually)\b"),
        (0.6, r"\b(?:the|your|our) (?:doctor|ambulance|nurse|results?|judge|court|policy|office|law|form|"
              r"appointment|train|bus|medication|team|manager|test|system|list)\b.{0,30}\b(?:is|are|will|has|"
              r"says|comes|starts|opens|takes|can|won'?t)\b"),
        (0.55, r"\b(?:studies|research|evidence|guidelines?|risk (?:of|for)|percent|per cent|on average|"
               r"associated with|recommend(?:s|ed|ation)?|minutes|hours|effects? (?:of|on))\b"),
        (0.5, r"\b(?:there (?:is|are|'?s) (?:a|an|some|no|two|three|other|medications?|programs?))\b"),
    ),
    "apology": _patterns(
        (0.85, r"\b(?:i'?m|i am|we'?re|we are)(?: (?:so|really|very|truly|terribly))* sorry(?! (?:but|you feel|no\b))"),
        (0.85, r"\b(?:i|we)(?: do| really| sincerely)? apologi[sz]e\b|\bmy apologies\b|\bmy (?:fault|mistake|bad)\b"),
        (0.65, r"^sorry (?:about|for|that|to)\b|[.,] sorry (?:about|for|that)\b"),
    ),
    "thanks": _patterns(
        (0.85, r"\bthank you\b(?! very much for nothing)|\bthanks (?:for|so much|a million|again|very)\b|"
               r"\bi(?: really| do)? appreciate (?:it|you|that|your|the)\b|\bgrateful\b"),
        (0.6, r"\bthanks\b(?! to)(?! a lot)|\bcheers for\b"),
    ),
    "agreement": _patterns(
        (0.85, r"\byou(?:'?re| are)(?: absolutely| completely| quite| totally)? (?:right|correct)\b(?! (?:here|there|now|on))|"
               r"\bi(?: completely| totally| do| can)? agree\b|\bfair (?:enough|point)\b|\bgood point\b"),
        (0.7, r"\bthat(?:'?s| is) (?:true|right|fair)\b|\bagree to disagree\b|\bsee (?:it|that) differently\b|"
              r"\byou(?:'?ve| have)(?: got)? a (?:good |fair )?point\b|\bshould(?: not|n'?t)? have (?:been|happened|to)\b"),
        (0.5, r"^(?:exactly|absolutely|definitely|true)\b"),
    ),
    "limit": _patterns(
        (0.8, r"\bi can'?t (?:let|allow|have) (?:you|that|this|anybody|anyone)\b|\bi(?:'?m| am) not (?:able|going) to let\b"),
        (0.75, r"\bwe (?:don'?t|can'?t) (?:hit|throw|shout at|touch|hurt|do that|have)\b|\bisn'?t (?:ok(?:ay)?|"
               r"allowed|something i can)\b|\b(?:not|isn'?t) (?:safe|ok(?:ay)?) (?:for|to|while|when|if)\b"),
        (0.7, r"\b(?:can'?t|cannot|won'?t).{3,50}\bwhile (?:you|we|that|it|there)\b|\bhas to stay\b|\bneeds? to stay\b"),
        (0.6, r"\bas long as (?:you|we|everyone|nobody|it)\b"),
    ),
    "command": _patterns(
        (0.85, r"(?:^|[.!?;,:] |\b(?:sir|ma'?am|now|just|please|hey|and|okay|ok|right|or|i said|buddy|man) )"
               r"(?:step (?:back|away|out|off|aside)|get (?:back|down|out|off|up|on|over|away|in|your)|"
               r"put (?:it|that|the|your|down|them)|drop (?:it|the)|sit (?:down|still|back)|stand (?:back|up|still|over)|"
               r"stop|back (?:up|off|away)|move (?:back|away|along|over|on|it|your|out)|shut|leave(?! (?:it|that|you))|"
               r"come (?:here|down|off|out)|go (?:home|back|inside|outside|sit|away)|turn around|"
               r"hands (?:up|where|on|behind)|show me your|give me (?:the|your|that)|keep your|don'?t (?:move|touch|"
               r"you dare|run|come|do that|make me|even|start)|stay (?:there|back|where|put|right)|quit|wait (?:there|outside)|"
               r"answer (?:me|the)|listen to me|look at me|follow me|let go|hand (?:it|that) over|be quiet|pick (?:it|that) up)\b"),
        (0.8, r"\byou(?:'?re| are)? (?:need|have|going|gotta|got|gonna)(?: to)? (?:step|get|put|leave|sit|stop|move|come (?:with|down|out|off)|"
              r"stand|back|drop|go (?:home|back|now|outside)|listen|keep|show|give|hand|wait|be quiet|do (?:what|as)|comply|cooperate)\b"),
        (0.8, r"\bi (?:need|want|order|am ordering|'?m ordering|'?m telling|'?m asking)(?: both of)? you (?:all )?to (?!know|understand|hear|feel|be okay|tell|be safe)\w+"),
        (0.6, r"\b(?:right now|immediately|at once|do it now|this instant)\b"),
    ),
    "threat": _patterns(
        (0.85, r"\b(?:i'?ll|i will|i'?m going to|i'?m gonna|we'?ll|we will|i'?m about to)(?: have to| just| be)? "
               r"(?:arrest|cuff|tase|taze|charge|drag|throw (?:you|him)|have you|report you|call (?:the police|the cops|security|child|immigration|your (?:parole|probation|boss))|"
               r"kick you|lock you|restrain|sedate|make (?:you|sure you|your)|put (?:you|hands on|the cuffs)|use force|remove you|expel|fire you|suspend|ban you|sue|press charges|hold you down|write you up|strap|inject)\b"),
        (0.85, r"\byou(?:'?re| are|'?ll| will)(?: be)?(?: all)?(?: going| gonna)?(?: to)?(?: be| end up| go| get)? "
               r"(?:(?:to|in) (?:jail|prison|cuffs|a cell|handcuffs)|arrested|sorry|regret|tased|charged|expelled|banned|fired|out on the street|locked up|get hurt|dragged|hurt|thrown out|removed)\b"),
        (0.8, r"\bor (?:i'?ll|i will|we'?ll|i'?m (?:going|gonna)|you'?ll|you'?re|you will|else)\b"),
        (0.75, r"\bif (?:you|he|she|they)(?: ever| even| so much as)? (?:don'?t|do|say|keep|carry|raise|touch|scream|move|hold|talk|go on|hit|call|make|open|throw|come|try)\b[^.?!]{0,60}\b(?:i'?ll|i'?m (?:going|gonna|having|calling|pressing|blocking|taking)|you'?ll (?:be|lose|never|end|get|see|regret)|they'?ll|we'?ll)\b|"
               r"\b(?:i'?ll|i'?m (?:going to|gonna|having|calling|pressing)|we'?ll|you'?ll (?:be|lose|never|end up|regret)|it'?ll (?:hurt|get))\b[^.?!]{0,60}\bif you (?:don'?t|do that|say|keep|carry|raise|touch|scream|move|talk|go on|come|try|open)\b|"
               r"\b(?:one more (?:word|sound|excuse|step|move)|the minute you|another word)\b|\b(?:break|burn|smash|snap) your\b|\bdrag(?:ging)? you\b"),
        (0.7, r"\b(?:don'?t make me|try me|you don'?t want|one more (?:word|step|move|time|sound)|next time|watch what happens|"
              r"see what happens|there will be consequences|the hard way)\b"),
    ),
    "ultimatum": _patterns(
        (0.9, r"\b(?:last|final|only) (?:chance|warning|time (?:i|i'?m))\b|\bor else\b|\bcount(?:ing)? (?:of|to) (?:three|five|ten|3|5|10)\b|"
              r"\b(?:won'?t|not going to|not gonna) (?:ask|tell|say (?:it|this)|warn) (?:you )?again\b|\bnow or never\b"),
        (0.8, r"\b(?:or|otherwise) (?:i'?ll|i will|we'?ll|we will|i'?m (?:going|gonna)|you'?re (?:going|gonna|under|out|leaving|done)|you'?ll|you go)\b"),
        (0.75, r"\beither you\b|\b(?:you have|you'?ve got|you got) (?:\w+ )?(?:seconds?|minutes?|until) to\b|\beasy way or\b|\bif you don'?t .{3,60}(?:i'?ll|i will|you'?ll|you will|we'?ll|i'?m (?:going|gonna)|you'?re (?:going|gonna))\b"),
    ),
    "calm_down": _patterns(
        (0.9, r"\b(?:calm|settle|simmer|quiet|quieten|cool) (?:yourself |it )?down\b|\bcool it\b|\bchill(?: out)?\b(?! room)|"
              r"\b(?:need|try|got|have|want you) to (?:calm|relax|chill|settle)\b|\bcool (?:off|your)\b"),
        (0.85, r"\b(?:stop|quit) (?:shouting|yelling|screaming|crying|being (?:so )?(?:upset|angry|hysterical|dramatic))\b|"
               r"\b(?:lower|drop|watch|keep) your (?:voice|tone|volume)\b|\b(?:keep|bring) (?:your voice|it) down\b|\btake it easy\b"),
        (0.75, r"(?:^|[.,!] )(?:just )?(?:relax|calm)\b|\bno (?:need|reason|point) (?:to|in|for) (?:shout|yell|scream|get(?:ting)? (?:upset|worked)|be(?:ing)? (?:upset|angry)|all (?:this|that))\w*|"
               r"\bdon'?t (?:get|be) (?:so )?(?:upset|angry|worked up|hysterical|excited|like that|emotional|dramatic)\b|\bstop (?:shouting|crying)\b"),
    ),
    "dismissal": _patterns(
        (0.85, r"\b(?:not|isn'?t|ain'?t) (?:my|our) (?:problem|department|job|fault|concern|business)\b|\b(?:don'?t|couldn'?t|could not) (?:really )?care\b|"
               r"\bover-?react\w*|\bnot that (?:bad|big|serious|hard)\b|\bget over it\b|\bno big deal\b|\bbig deal\b|\bso what\b|\bdramatic\b|\bdrama\b"),
        (0.8, r"\bwhatever\b(?! (?:you|happens|it|we|works|helps|the|they|i|comes|that))|\bi'?ve heard (?:it|that|this|enough|them)\b|\bheard it all\b|\bwaste of (?:my |our )?time\b|\bwasting (?:my|our|everyone'?s)\b|\bthat'?s life\b|"
              r"\bdeal with it\b|\bstop (?:whining|complaining|moaning|making|acting|playing)\b|\bnot interested\b|\bsave it\b|\bi don'?t (?:want|need) to hear\b"),
        (0.7, r"\b(?:other|sicker|more important) (?:people|patients|customers|passengers|things)\b|\byou'?re (?:fine|ok|okay|not (?:even|really|that|actually|the only|dying))\b|\bit'?s (?:nothing|just a|only a)\b|"
              r"\bevery(?:one|body)(?:'?s| has| is| feels| else)\b|\bcould be worse\b|\bcheer up\b|\bat least (?:you|it)\b|\bcan'?t help you\b|\bnothing (?:i|we) can do\b|\byou always\b|\bsuit yourself\b"),
        (0.6, r"\bi'?m sorry you feel\b|\bit is what it is\b|\bcome on\b|\bhere we go\b|\bnot (?:now|again)\b"),
    ),
    "insult": _patterns(
        (0.9, r"\b(?:idiot|moron|stupid|pathetic|loser|dumb\w*|jerk|asshole|arsehole|prick|bastard|bitch|scum|trash|crazy|nutcase|lunatic|psycho|imbecile|clown|coward|"
              r"crybaby|cry-?baby|drunk|junkie|creep|fool|liar|disgrace|embarrassment|embarrassing|ridiculous|useless|worthless|lazy|brat|princess|genius|sherlock|einstein|drama queen|snowflake)\b"),
        (0.85, r"\bgrow up\b|\bwhat(?:'?s| is| the \w+ is) wrong with you\b|\bare you (?:deaf|blind|slow|thick|mental|serious|kidding|retarded|high|dense)\b|\byou people\b|\b(?:like|acting like) a (?:child|baby|toddler|kid|animal|two|three|five)\b|"
               r"\boh,? (?:poor|boo)\b|\bpoor (?:you|baby|thing)\b|\bman up\b|\bcongratulations\b|\bno wonder (?:she|he|they|your|nobody)\b|\bthink you'?re (?:special|tough|clever|funny|so)\b|\bbehave yourself\b"),
    ),
    "profanity": _patterns(
        (0.97, r"\b(?:(?:mother)?fuck\w*|(?:bull)?shit\w*|bitch\w*|asshole\w*|arsehole\w*|arse|ass|dumbass|jackass|bastards?|cunts?|pricks?|dickheads?|bollocks|wank\w*|piss(?:ed)? off|goddamn\w*|god damn\w*|damn(?:ed|it)?|bloody|crap|bugger)\b"),
        (0.9, r"\b(?:what|who|where|how|why) the hell\b|\b(?:go to|bloody|to|get the) hell\b|\bhell no\b|\bpissed\b|\btwat\b|\bdick\b"),
    ),
    "unsolicited_advice": _patterns(
        (0.85, r"\byou (?:really |probably |seriously |honestly |just )?(?:should(?!n'?t have| have| be (?:seen|told)| not have)|ought to|'?d better|had better)\b|\bif i were you\b|\bwhy don'?t you\b|\bwhy not (?:just )?\w+\b|\bhave you (?:tried|thought about|considered)\b"),
        (0.8, r"\byou(?: really| just)? (?:need|have|got) to (?:get (?:some )?(?:help|sleep|a grip|out more|your act|over)|think|start|take (?:care|responsibility|your (?:meds|medication|pills))|learn|talk to|see a|stop (?:drinking|smoking|using|worrying|thinking|blaming)|cut|try|be more|focus|make|eat|look after|let (?:it|go)|move on|change|stay positive|forgive|understand|realize)\b"),
        (0.7, r"\b(?:my advice|i(?:'?d| would) (?:suggest|recommend|advise|strongly)|i (?:suggest|recommend|think you (?:should|need|ought))|you might want to|you could (?:try|always|just)|try (?:to|not to|and|going|taking|getting|some|a)|what you need is|best thing (?:you can|to) do|you want to be)\b"),
        (0.55, r"\bjust (?:ignore|forget|walk away|breathe|think|let it|be|try|take|go for|get some)\b"),
    ),
    "false_promise": _patterns(
        (0.9, r"\b(?:everything|it|this|things|all)(?:'?s| is|'?ll| will| (?:is )?gonna| (?:is )?going to)(?: all)?(?: be| going to be| gonna be)(?: all| just| perfectly| totally)? (?:fine|ok(?:ay)?|alright|all right|good|great|work out|better|over)\b"),
        (0.85, r"\bi (?:promise|guarantee|swear)(?: you)?,?(?: that)? (?:you|nobody|no one|it|they|he|she|nothing|everything|this|your|we'?ll (?:find|get|fix))\b|\b(?:nobody|no one|nothing)(?:'?s| is|'?ll| will)(?: going to| gonna| ever)?(?: ever)? (?:hurt|find out|know|happen|take|touch|come)\b|\bguaranteed\b|\bi give you my word\b|\bone hundred percent\b"),
        (0.7, r"\byou(?:'?ll| will|'?re going to| are going to) (?:be (?:fine|ok(?:ay)?|alright|all right|home|out)|get (?:\w+ )?back|never|definitely|see (?:him|her|them))\b|\bdon'?t worry\b"),
    ),
}  # fmt: skip
