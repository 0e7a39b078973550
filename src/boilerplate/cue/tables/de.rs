//! German. Not measured: no labelled German pages were at hand.

use super::Words;

pub(super) const GERMAN: Words = Words {
    language: "de",
    version: 1,
    measured: None,
    terminators: "\
        Das könnte Sie auch interessieren *; Das könnte dich auch interessieren *; \
        Das könnte Ihnen auch gefallen *; Das könnte dir auch gefallen *; \
        Könnte Sie auch interessieren; Auch interessant; Dies könnte Sie auch interessieren; \
        Diese Artikel könnten Sie auch interessieren; Weitere interessante Artikel; \
        Ähnliche Artikel; Ähnliche Beiträge; Ähnliche Themen; Ähnliche Posts; \
        Verwandte Artikel; Verwandte Beiträge; Verwandte Themen; Weitere Artikel; \
        Weitere Beiträge; Weitere Meldungen; Weitere Nachrichten; Weitere News; Mehr zum Thema; \
        Mehr zu diesem Thema; Mehr aus der Kategorie *; Mehr Artikel; Mehr Beiträge; \
        Mehr Meldungen; Mehr Nachrichten; Meistgelesen; Meistgelesene Artikel; Meist gelesen; \
        Am meisten gelesen; Meistgeklickt; Meistkommentiert; Neueste Artikel; Neueste Beiträge; \
        Neueste Meldungen; Neueste Nachrichten; Aktuelle Artikel; Aktuelle Beiträge; \
        Aktuelle Meldungen; Aktuelle Nachrichten; Letzte Beiträge; Beliebte Artikel; \
        Beliebte Beiträge; Beliebteste Artikel; Empfohlene Artikel; Empfohlene Beiträge; \
        Empfehlungen der Redaktion; Für Sie empfohlen; Für dich empfohlen; Lesen Sie jetzt; \
        Leser interessierten sich auch für; Beitragsnavigation; Beitrags-Navigation; \
        Vorheriger Beitrag *; Nächster Beitrag *; Vorheriger Artikel *; Nächster Artikel *; \
        Zur Startseite *; Anzeige aus dem Netz; Aus dem Netz; Dossier zum Thema; Top-Themen; \
        Top Artikel",
    comments: "\
        Kommentar schreiben; Kommentar verfassen; Kommentar hinterlassen; Kommentar abgeben; \
        Kommentar hinzufügen; Kommentieren Sie diesen Artikel; Einen Kommentar schreiben *; \
        Einen Kommentar verfassen; Schreibe einen Kommentar *; Schreiben Sie einen Kommentar *; \
        Schreib einen Kommentar *; Hinterlasse einen Kommentar *; Hinterlasse eine Antwort *; \
        Antwort hinterlassen *; Antworten abbrechen; Antwort abbrechen; # Kommentar; \
        # Kommentare; # Kommentar zu *; # Kommentare zu *; # Antworten; Kommentare #; \
        Keine Kommentare *; Alle Kommentare; Alle Kommentare anzeigen; Kommentare anzeigen; \
        Kommentare lesen; Kommentare laden; Weitere Kommentare laden; Mehr Kommentare laden; \
        Neueste Kommentare; Leserkommentare; Diskutieren Sie mit; Diskutieren Sie mit *; \
        Mitdiskutieren; Jetzt mitdiskutieren; Zum Kommentieren anmelden; \
        Kommentare sind geschlossen; Die Kommentarfunktion ist geschlossen; \
        Die Kommentare sind geschlossen; Sei der Erste der einen Kommentar schreibt",
    asides: "\
        Anzeige; Werbung; Advertorial; Lesen Sie auch *; Lies auch *; Lesen Sie mehr *; \
        Lesen Sie dazu auch *; Lesen Sie hier *; Lesen Sie weiter *; Auch lesenswert *; \
        Passend dazu *; Siehe auch *; Mehr lesen *; Weiterlesen *; Kommentare; Teilen; \
        Artikel teilen; Beitrag teilen; Diesen Artikel teilen; Diesen Beitrag teilen; \
        Teilen auf *; Auf Facebook teilen; Auf Twitter teilen; Auf X teilen; \
        Auf WhatsApp teilen; Per E-Mail teilen; Per Mail versenden; Seite drucken; \
        Artikel drucken; Artikel merken; Folgen Sie uns; Folgen Sie uns auf *; Folge uns auf *; \
        Newsletter abonnieren; Jetzt Newsletter abonnieren *; Zum Newsletter anmelden; \
        Für den Newsletter anmelden; Mehr anzeigen; Mehr laden; Gefällt mir; \
        Gefällt mir Wird geladen",
    footers: "\
        Impressum; Datenschutz; Datenschutzerklärung *; Datenschutzhinweise; \
        Datenschutzeinstellungen; Datenschutz Impressum; Impressum Datenschutz *; AGB; \
        Allgemeine Geschäftsbedingungen; Nutzungsbedingungen; Cookie-Einstellungen; \
        Cookie-Richtlinie; Cookies verwalten; Privatsphäre-Einstellungen; Widerrufsrecht; \
        Widerruf; Barrierefreiheit; Erklärung zur Barrierefreiheit; Kontakt; Über uns; \
        Über mich; Über den Autor *; Über die Autorin *; Zum Autor; Zur Autorin; Mediadaten; \
        Werben auf *; Karriere; Stellenangebote; Jobs; Abo; Abonnement; Abo kündigen; \
        Verträge hier kündigen; Verträge kündigen; Vertrag kündigen; Newsletter; RSS; RSS-Feed; \
        Sitemap; Inhaltsverzeichnis der Seite; Nach oben; Zurück nach oben; Zum Seitenanfang; \
        Seitenanfang; Schlagwörter *; Schlagworte *; Stichwörter *; Kategorien *; Archiv; \
        Suche; Alle Rechte vorbehalten *; Bleiben Sie auf dem Laufenden; Soziale Netzwerke; \
        Social Media; Presse; Partner; Ihre E-Mail-Adresse wird nicht veröffentlicht *; \
        Deine E-Mail-Adresse wird nicht veröffentlicht *; Startseite",
    menus: "\
        Startseite; Zur Startseite; Menü; Menü öffnen; Menü schließen; Navigation; \
        Hauptnavigation; Zum Inhalt springen; Zum Inhalt; Zum Hauptinhalt springen; \
        Direkt zum Inhalt; Springe zum Inhalt; Zur Navigation; Zur Suche; Suche; Suchen; \
        Suche öffnen; Suche nach; Suchbegriff; Anmelden; Einloggen; Login; Abmelden; Ausloggen; \
        Registrieren; Konto; Mein Konto; Warenkorb; Zur Kasse; Merkliste; Kontakt; Impressum; \
        Datenschutz; Über uns; Newsletter; Abo; Abonnieren; E-Paper; Mediathek; Podcasts; \
        Nachrichten; Ressorts; Karriere; Termine; Shop; Hilfe; Schließen; Zurück; \
        Sie sind hier; Anzeigen aufgeben",
    notices: "\
        Wir verwenden Cookies; Wir nutzen Cookies; Wir setzen Cookies ein; \
        Wir benötigen Ihre Zustimmung; Diese Website verwendet Cookies; \
        Diese Webseite verwendet Cookies; Diese Website benutzt Cookies; \
        Diese Webseite nutzt Cookies; Diese Seite verwendet Cookies; Diese Seite nutzt Cookies; \
        Unsere Website verwendet Cookies; Durch die weitere Nutzung der; \
        Mit der Nutzung dieser Website; Mit der Anmeldung zum Newsletter; \
        Mit Ihrer Anmeldung zum Newsletter; Ihre E-Mail-Adresse wird nicht veröffentlicht; \
        Deine E-Mail-Adresse wird nicht veröffentlicht; Erforderliche Felder sind mit; \
        Melden Sie sich für unseren Newsletter; Melde dich für unseren Newsletter; \
        Abonnieren Sie unseren Newsletter; Abonniere unseren Newsletter; \
        Bitte aktivieren Sie JavaScript; Um diesen Inhalt anzuzeigen; \
        An dieser Stelle finden Sie einen externen Inhalt; \
        An dieser Stelle befindet sich ein externer; Diese Website verwendet Akismet",
    headings: "\
        Video zum Thema; Videos zum Thema; Bilder zum Thema; Bildergalerie; Fotostrecke; \
        Quellen; Quelle; Links zum Thema; Weiterführende Links; Verwandte Videos; \
        Weitere Videos",
    replies: "\
        Antworten; Auf diesen Kommentar antworten; Kommentar melden; Melden; Antwort auf *; \
        # Antwort; # Antworten; Zum Antworten anmelden; Anmelden zum Antworten",
    calendar: "\
        Januar; Jänner; Februar; März; April; Mai; Juni; Juli; August; September; Oktober; \
        November; Dezember; Jan; Feb; Mär; Apr; Jun; Jul; Aug; Sep; Sept; Okt; Nov; Dez; \
        Montag; Dienstag; Mittwoch; Donnerstag; Freitag; Samstag; Sonnabend; Sonntag; Mo; Di; \
        Mi; Do; Fr; Sa; So",
    ages: "\
        vor; gestern; heute; vorgestern; gerade eben",
    units: "\
        Sekunde; Sekunden; Minute; Minuten; Min; Stunde; Stunden; Std; Tag; Tage; Tagen; Woche; \
        Wochen; Monat; Monate; Monaten; Jahr; Jahre; Jahren",
    fillers: "\
        am; um; Uhr; der; den; vom; von; einem; einer; etwa; Stand; veröffentlicht; \
        aktualisiert; zuletzt aktualisiert; erstellt; geändert",
    counted: "\
        Kommentar; Kommentare; Kommentaren; Antwort; Antworten; Aufrufe; Klicks; Leser; \
        Lesezeit; Gefällt mir; Teilungen; Stimmen; Beiträge",
};
