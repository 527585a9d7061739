"""Words with a capital that are no person: states, months, makes, faiths, institutions."""

from __future__ import annotations

from stepdown.technique.redaction.phrases import phrases, words

STATES = phrases(
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|"
    "georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|"
    "massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|"
    "new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|"
    "oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|"
    "vermont|virginia|washington|west virginia|wisconsin|wyoming|al|ak|az|ar|ca|co|ct|de|fl|"
    "ga|il|ia|ks|ky|la|md|ma|mi|mn|ms|mo|mt|ne|nv|nh|nj|nm|ny|nc|nd|oh|pa|ri|sc|sd|tn|tx|ut|"
    "vt|va|wa|wv|wi|wy"
)

SOCIAL = words(
    "facebook instagram insta twitter tiktok snapchat snap youtube telegram reddit discord "
    "whatsapp venmo cashapp handle username"
)

NOT_PEOPLE = words(
    "fentanyl naloxone trazodone risperdal abilify lamictal depakote wellbutrin lexapro ibuprofen "
    "insulin metformin oxycontin percocet meth vicodin gabapentin olanzapine clozapine "
    "sundays mondays tuesdays wednesdays thursdays fridays saturdays license licence step god "
    "excellent portuguese mummy daddies mommy "
    "dispatch deaf autistic bipolar diabetic recovery saturday "
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday christmas easter thanksgiving "
    "halloween ramadan hanukkah ford dodge honda toyota chevy chevrolet buick nissan corolla "
    "camry civic accord jeep tesla lexus mazda subaru chrysler cadillac mercedes bmw transit "
    "audi volvo volkswagen kia hyundai coke pepsi walmart target wendy's wendys mcdonald's "
    "mcdonalds denny's dennys starbucks walgreens costco kroger aldi tesco amazon google "
    "facebook instagram twitter tiktok netflix youtube uber lyft greyhound amtrak christian "
    "christians muslim jewish catholic baptist mormon hindu buddhist sikh god lord jesus "
    "christ allah bible quran koran american mexican irish italian english british german "
    "french spanish chinese korean black white asian african indian arab latino latina "
    "hispanic european russian polish ukrainian somali haitian cuban vietnamese mobile crisis "
    "police sheriff fire medicaid medicare veterans affairs hospital clinic emergency "
    "department county state city federal court street avenue road tylenol advil haldol "
    "narcan xanax adderall lithium zyprexa seroquel benadryl ativan klonopin valium ambien "
    "prozac zoloft suboxone methadone taser glock america england britain europe africa asia "
    "ireland germany france italy iraq afghanistan vietnam mexico canada russia china iran "
    "syria ukraine chicago boston detroit cleveland cincinnati houston dallas austin denver "
    "seattle memphis philadelphia pittsburgh baltimore london toledo phoenix miami atlanta "
    "milwaukee"
)

TITLES = words(
    "mr mrs ms miss mister missus mx dr doctor officer sergeant sgt deputy detective captain "
    "capt lieutenant lt corporal cpl constable pc trooper sheriff chief inspector agent judge "
    "justice nurse sister father reverend rev pastor imam rabbi professor prof sir dame "
    "senator councilman marshal commander colonel major private chaplain superintendent"
)

RELATIONS = words(
    "son daughter wife husband girlfriend boyfriend brother sister mother father mom mum mama "
    "dad daddy grandma grandpa grandmother grandfather grandson granddaughter granny nana "
    "uncle aunt auntie cousin nephew niece ex stepson stepdaughter stepdad stepmom stepfather "
    "stepmother fiance fiancee partner friend buddy roommate neighbor neighbour landlord "
    "landlady boss lawyer attorney caseworker counselor therapist psychiatrist sponsor kid "
    "baby twin sister-in-law brother-in-law in-law dog coworker teammate"
)

INSTITUTIONS = words(
    "county hospital police clinic college university high elementary middle church medical "
    "center centre sheriff's parish township borough airport prison jail"
)
"""After one of these a name is that of a place."""
