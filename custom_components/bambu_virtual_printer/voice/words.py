"""Words that people say beside names, in the languages that can be spoken. Chinese, which has no spaces, is left as it is.

They are not told apart by language. Numbers are read alike in what is said and in what it is compared with; what is left out
is left out of what is said only, and only after nothing was called exactly that.
"""

_NUMBERS = (
    "zero one two three four five six seven eight nine ten",
    "null eins zwei drei vier fünf sechs sieben acht neun zehn",
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
    "zéro - deux trois quatre cinq six sept huit neuf dix",
    "zero uno due tre quattro cinque sei sette otto nove dieci",
    "nul - twee drie vier vijf zes zeven acht negen tien",
    "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć",
    "zero - dois três quatro cinco seis sete oito nove dez",
    "noll - två tre fyra fem sex sju åtta nio tio",
)
"""From zero; what is an article as well is left out."""

NUMBERS = {
    word: str(number)
    for language in _NUMBERS
    for number, word in enumerate(language.split())
    if word != "-"
}

_ANY = (
    "any",
    "irgendein irgendeine irgendeinem irgendeinen irgendeiner beliebig beliebige beliebigem beliebigen beliebiger",
    "cualquier cualquiera",
    "importe quelle quel",
    "qualsiasi qualunque",
    "willekeurige welke",
    "dowolna dowolnej dowolną dowolny dowolnym jakiejkolwiek",
    "qualquer",
    "valfri någon vilken",
)
_OF_PRINTERS = (
    "the my our bambu lab printer printers",
    "der die das den dem mein meine meinem meinen meiner unser unsere unserem unseren unserer drucker druckern",
    "el la los las mi mis nuestra nuestras impresora impresoras",
    "le les l mon ma mes notre nos imprimante imprimantes n",
    "il lo i gli mia mie nostra nostre stampante stampanti",
    "de het een mijn onze ons",
    "moja mojej moją nasza naszej drukarka drukarce drukarkę drukarki",
    "o a os as minha minhas impressora impressoras",
    "det min mitt vår vårt skrivare skrivaren helst",
)

ANY = frozenset(word for language in _ANY for word in language.split())
"""What says that it does not matter which one."""

OF_PRINTERS = ANY | {word for language in _OF_PRINTERS for word in language.split()}
"""What people say of printers beside their names."""
