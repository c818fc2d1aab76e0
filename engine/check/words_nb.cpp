// Norwegian bokmål. A record is an "oppføring" throughout, mail is "e-post", and the reader is a company
// ("dere"). Placeholders are those of words_en.cpp; a test compares them.
#include "domain_words.hpp"

namespace ilbud {

const DomainWords& norwegian_domain_words() {
    using enum FindingCode;
    // Shared sentences; each is said once a report.
    static constexpr std::string_view unsigned_mail =
        "Begge CNAME-oppføringene trengs: Den ene fører til nøkkelen som signerer nå, den andre til den neste, slik at nøkler "
        "kan byttes uten å bry dere. Usignert e-post blir oftere behandlet som søppelpost.";
    static constexpr std::string_view ours_to_mend = "Inntil vi har rettet dette, kan e-post ikke signeres i domenets navn.";
    static constexpr std::string_view silent_servers =
        "Dette sier ingenting om selve oppføringene. Men så lenge domenets navnetjenere ikke svarer, kan mottakere også holde "
        "tilbake domenets e-post.";
    static const DomainWords words{
        .title = "Kontroll av DNS-oppføringene for {domain}",
        .opening =
            "Vi sender e-post på vegne av {domain}, fra {from}. For at den skal komme frem, må domenets DNS oppgi oss som "
            "avsender. Dette er hva vi fant.",
        .opening_no_address =
            "Vi sender e-post på vegne av {domain}. For at den skal komme frem, må domenets DNS oppgi oss som avsender. Dette er "
            "hva vi fant.",
        .result = "Resultat:",
        // By DomainVerdict, continued behind the word for "result".
        .verdicts = {"det mangler svar fra DNS, så ingenting sikkert kan sies.",
                     "e-post fra domenet vil ofte bli behandlet som søppelpost eller avvist.",
                     "e-post kan sendes. Signeringen (DKIM) er ikke helt på plass.",
                     "e-post sendes og signeres. Bare DMARC mangler.", "alt som trengs, er på plass."},
        .in_order = "i orden",
        .to_change = "må endres",
        .with_us = "dette ordner vi",
        .not_checked = "kunne ikke kontrolleres",
        .legend =
            "SPF oppgir serverne som har lov til å sende e-post for domenet. Med DKIM kontrollerer mottakere ved hjelp av en "
            "signatur at en e-post er ekte. DMARC sier hva de skal gjøre med e-post som ikke består noen av de to. Mottakere er "
            "e-postserverne som tar imot e-posten, for eksempel Gmail sine. Endringene gjøres der domenets DNS administreres, "
            "oftest hos webhotellet eller firmaet der domenet er registrert.",
        .changes = "Dette må endres",
        .unanswered = "Dette kunne ikke kontrolleres",
        .ours = "Dette ordner vi selv (dere trenger ikke gjøre noe)",
        .suggestions = "Forslag",
        .all_well = "Dette er i orden",
        .providers = "Vil e-posten bli tatt imot?",
        .domain = "Domene",
        .sources = "Våre e-postservere",
        .extras = "I tillegg",
        .found = "Dette ble funnet:",
        .publish = "Vennligst opprett denne oppføringen:",
        .replace = "Vennligst erstatt det som ble funnet, med denne oppføringen:",
        .replace_text =
            "Vennligst erstatt det som ble funnet, med denne oppføringen; andre TXT-oppføringer med samme navn skal bli stående:",
        .replace_alias = "Vennligst slett det som ble funnet, og opprett denne oppføringen i stedet:",
        .correct = "Vennligst rett dette i domenets DNS.",
        .mended_by = "Det som er oppgitt under {numbers}, retter dette; la DMARC-policyen være som den er.",
        .same_record = "Oppføringen under {number} retter også dette.",
        .bill = "Så mange ganger får hver del dem til å spørre:",
        .take_out = "Det er for eksempel nok å fjerne {terms}, hvis domenet ikke lenger sender e-post den veien.",
        .take_out_any = "Det hjelper å fjerne tjenester som ikke lenger sender e-post for domenet.",
        .name = "Navn:",
        .in_full = "(fullt navn: {name})",
        .type = "Type:",
        .ttl = "TTL:",
        .value = "Verdi:",
        .zone_line = "Det samme til en sonefil:",
        .passes = "ja",
        .passes_small = "ja, i mindre antall. For mer enn ca. 5 000 e-poster om dagen mangler: {rules}",
        .fails = "nei. Dette mangler: {rules}",
        .undecided = "kan ikke avgjøres. Ukjent: {rules}",
        // By SenderRule; they are read in a list, so none is a sentence.
        .rules = {"SPF eller DKIM", "SPF", "DKIM", "DMARC", "en avsenderadresse som stemmer med SPF eller DKIM",
                  "navn på adressene til våre e-postservere", "kryptering (TLS)", "avmelding med ett klikk",
                  "en DKIM-signatur som stemmer med avsenderadressen", "en SOA-oppføring for domenet",
                  "en avsenderadresse som kan besvares (MX)"},
        .closing =
            "Endringer er synlige overalt når TTL for de gamle oppføringene er utløpt, som regel etter en time til et døgn. Takk "
            "for hjelpen.",
        // By DnsFailure; each stands in parentheses.
        .failures = {"ingen årsak oppgitt", "det kom ikke noe svar i tide", "navnetjeneren svarer med feilen {code}",
                     "signaturen på svaret (DNSSEC) er ikke gyldig",
                     "CNAME-oppføringer fører i ring, eller det er for mange av dem", "svaret kunne ikke leses",
                     "kontrollen kan ikke stille flere spørsmål"},
        // By SpfCause::Kind; each is a sentence.
        .causes = {"Årsaken er ukjent.",
                   "Det avgjøres av \"{term}\" i oppføringen for {record}.",
                   "Ingenting i oppføringen for {record} nevner denne adressen.",
                   "Å lese oppføringen kan høyst kreve {most} spørsmål til DNS; ved \"{term}\" i oppføringen for {record} blir "
                   "det flere.",
                   "Å lese oppføringen krever {count} spørsmål til DNS; høyst {most} er tillatt.",
                   "\"{term}\" i oppføringen for {record} finner ingenting i DNS; mer enn {most} slike deler er ikke tillatt.",
                   "{count} deler av oppføringen finner ingenting i DNS; høyst {most} er tillatt.",
                   "{name} har {count} e-postservere (MX); ved \"{term}\" ser mottakere på høyst {most}.",
                   "DNS gir ikke noe brukbart svar om {name} ({failure}).",
                   "{name} er ingen IP-adresse.",
                   "{name} kan ikke være et domenenavn.",
                   "Navnet {name} finnes ikke.",
                   "{name} har ingen SPF-oppføring.",
                   "{record} har {count} SPF-oppføringer; bare én er tillatt.",
                   "Oppføringen for {record} har {count} tegn; mottakere leser høyst {most}.",
                   "\"{term}\" i oppføringen for {record} inneholder et tegn som ikke kan stå der (tegn {at}).",
                   "\"{term}\" i oppføringen for {record} er ikke noe SPF kjenner (tegn {at}).",
                   "\"{term}\" i oppføringen for {record} står der for andre gang (tegn {at}).",
                   "I \"{term}\" i oppføringen for {record} kan ingenting følge etter \"all\" uten mellomrom (tegn {at}).",
                   "I \"{term}\" i oppføringen for {record} mangler domenenavnet, eller det er feil (tegn {at}).",
                   "I \"{term}\" i oppføringen for {record} må tallet etter skråstreken være fra 0 til {most} (tegn {at}).",
                   "I \"{term}\" i oppføringen for {record} mangler IP-adressen, eller den er feil (tegn {at}).",
                   "I \"{term}\" i oppføringen for {record} er en del med \"%\" feil (tegn {at}).",
                   "\"{term}\" i oppføringen for {record} fører tilbake til utgangspunktet og dermed i ring.",
                   "Den inkluderer mer enn {most} andre oppføringer."},
        .led_by = "\"{term}\" i oppføringen for {record} fører dit.",
        // In the order of FindingCode and indexed by it.
        .findings = {{
            {domain_missing, "Domenet {domain} finnes ikke i DNS.",
             "Mottakere avviser e-post fra et domene som ikke finnes. Vennligst kontroller skrivemåten, og at domenet er "
             "registrert og betalt."},
            {spf_fine, "SPF-oppføringen oppgir oss som avsender (include:{include}).", ""},
            {spf_older_include,
             "SPF-oppføringen oppgir oss som avsender med et av våre eldre navn (include:{include}); det nåværende er "
             "{recommended}.",
             "Det eldre navnet virker fortsatt. Når det en gang fjernes, vil mottakere ikke lenger godta oss som avsender."},
            {spf_through_includes, "SPF-oppføringen oppgir oss som avsender via {via} (include:{include}).", ""},
            {spf_by_address, "SPF-oppføringen godkjenner adressene våre, men uten navnet {recommended}.",
             "Når adressene våre endres, må oppføringen også endres. Med navnet i den skjer det av seg selv."},
            {spf_missing, "Domenet har ingen SPF-oppføring.",
             "Mottakere kan ikke se at vi har lov til å sende for domenet, og behandler ofte e-posten som søppelpost eller "
             "avviser den. Hvis "
             "andre også sender for domenet, for eksempel en nyhetsbrevtjeneste, må de stå i samme oppføring."},
            {spf_unrecognised, "En TXT-oppføring for domenet er ment som SPF, men mottakere gjenkjenner den ikke.",
             "Mottakere kan ikke se at vi har lov til å sende for domenet, og behandler ofte e-posten som søppelpost eller "
             "avviser den. Oppføringen må begynne med v=spf1 og et mellomrom, uten egne anførselstegn."},
            {spf_several, "Domenet har {count} SPF-oppføringer. Bare én er tillatt.",
             "Mottakere regner alle som ugyldige og behandler ofte e-posten som søppelpost. De må samles til én."},
            {spf_include_missing, "SPF-oppføringen oppgir oss ikke som avsender (include:{recommended} mangler).",
             "Mottakere kan ikke se at vi har lov til å sende for domenet, og behandler ofte e-posten som søppelpost eller "
             "avviser den."},
            {spf_include_not_counted,
             "SPF-oppføringen nevner {include}, men på en måte som ikke godkjenner e-posten vår ({term}).",
             "Et navn teller bare uten tegn eller med \"+\", og bare foran \"all\". Mottakere behandler ofte e-posten vår som "
             "søppelpost eller avviser den."},
            {spf_invalid, "SPF-oppføringen er ugyldig. {why}",
             "Mottakere oppfatter en ugyldig oppføring som en feil, og det gjelder all e-post fra domenet."},
            {spf_too_many_lookups,
             "For å lese SPF-oppføringen må mottakere spørre DNS {count} ganger. Høyst {most} ganger er tillatt.",
             "Mottakere regner oppføringen som ugyldig. {help}"},
            {spf_no_room,
             "En SPF-oppføring med alle de nåværende delene og vårt navn ville få mottakere til å spørre DNS {count} ganger. "
             "Høyst {most} ganger er tillatt.",
             "Mottakere ville regne en slik oppføring som ugyldig, så ingen kan foreslås. {help}"},
            {spf_near_lookup_limit,
             "Med vårt navn i den må mottakere spørre DNS {count} ganger for å lese SPF-oppføringen. Høyst {most} ganger er "
             "tillatt.",
             "Blir det flere, regner mottakere oppføringen som ugyldig; antallet kan også vokse i oppføringer som den "
             "inkluderer. Det hjelper å fjerne tjenester som ikke lenger sender for domenet."},
            {spf_too_many_voids,
             "{count} deler av SPF-oppføringen nevner noe som ikke finnes i DNS. Høyst {most} slike deler er tillatt.",
             "Mottakere regner oppføringen som ugyldig. Det hjelper å fjerne navn som ikke lenger finnes."},
            {spf_permits_all, "SPF-oppføringen lar alle sende som domenet ({term}).",
             "Hvem som helst kan forfalske e-post fra domenet, og mottakere stoler mindre på domenets egen e-post."},
            {spf_permits_half, "SPF-oppføringen lar halvparten av alle adresser på internett sende som domenet ({term}).",
             "Svært mange kan forfalske e-post fra domenet, og mottakere stoler mindre på domenets egen e-post."},
            {spf_neutral_end,
             "SPF-oppføringen sier ikke at andre ikke har lov til å sende som domenet (den slutter med ?all eller uten all).",
             "Forfalsket e-post fra domenet slipper lettere gjennom."},
            {spf_terms_left_out, "Den foreslåtte SPF-oppføringen utelater {terms}.",
             "Akkurat nå gir disse delene ingen lov til å sende, og med dem er oppføringen ugyldig eller får mottakere til å "
             "spørre DNS for mange ganger."},
            {spf_terms_idle, "Disse delene av SPF-oppføringen teller ikke: {terms}.",
             "De er skrevet feil, eller de står etter \"all\" eller ved siden av det. Serverne som de skulle gjelde for, har "
             "ikke lov til "
             "å sende."},
            {spf_terms_guessed, "Deler av SPF-oppføringen kan være ment på flere måter. Vi leser dem slik: {terms}.",
             "Kontroller disse adressene og navnene før dere publiserer oppføringen."},
            {spf_source_passes, "E-post fra vår adresse {address} godkjennes av SPF.", ""},
            {spf_partial, "E-post fra vår adresse {address} godkjennes ikke av SPF. {why}",
             "Mottakere behandler ofte e-post fra denne adressen som søppelpost eller avviser den."},
            // Like every …_unknown, this speaks of the name servers and not of the record (S43).
            {spf_unknown, "SPF kunne ikke kontrolleres. {why}", silent_servers},
            {dkim_ready, "{name} fører til nøkkelen som signerer e-posten.", ""},
            {dkim_idle, "{name} fører til {target}. Ingen nøkkel er i bruk der akkurat nå, og slik skal det være.", ""},
            {dkim_alias_missing, "CNAME-oppføringen {name} mangler.", unsigned_mail},
            {dkim_alias_wrong, "CNAME-oppføringen {name} fører ikke til {target}.", unsigned_mail},
            {dkim_alias_extended,
             "CNAME-oppføringen {name} fører til {target} med et ekstra navn etter seg. Ofte mangler det et punktum på slutten "
             "av verdien.",
             unsigned_mail},
            {dkim_alias_misplaced, "Oppføringen for {name} står under {misplaced}, med domenets navn to ganger.",
             "Mange nettskjemaer legger selv til domenet; da skal bare delen foran domenet skrives inn. Slik det står nå, finner "
             "mottakere ikke oppføringen."},
            {dkim_key_copied, "Under {name} står det en TXT-oppføring der det skal være en CNAME-oppføring.",
             "En kopiert nøkkel passer ikke lenger når vi bytter nøkler, og da er signaturene ugyldige."},
            {dkim_alias_as_text, "Under {name} står det en TXT-oppføring der det skal være en CNAME-oppføring til {target}.",
             unsigned_mail},
            {dkim_alias_as_other, "Under {name} står det en annen oppføring der det skal være en CNAME-oppføring til {target}.",
             unsigned_mail},
            // A key stands at our own target, so what is said of it asks the reader for nothing.
            {dkim_key_missing, "Det finnes ingen nøkkel under {target}.", ours_to_mend},
            {dkim_key_other, "Under {target} står det en annen nøkkel enn den som signerer.", ours_to_mend},
            {dkim_key_revoked, "Nøkkelen under {target} er trukket tilbake.", ours_to_mend},
            {dkim_key_unusable, "Nøkkelen under {target} kan ikke brukes av mottakere.", ours_to_mend},
            {dkim_key_doubled_tag, "Nøkkeloppføringen under {target} nevner \"{tag}\" to ganger.",
             "RFC 6376 kaller en slik oppføring ugyldig. Noen mottakere (for eksempel de som kontrollerer med dkimpy) oppfatter "
             "e-posten som usignert."},
            {dkim_key_several, "Det finnes flere oppføringer under {target}; mottakere venter bare én.", ours_to_mend},
            {dkim_key_testing, "Nøkkelen under {target} er merket som test (t=y).",
             "Mottakere kan se bort fra signaturer med en testnøkkel."},
            {dkim_unknown, "{name} kunne ikke kontrolleres: DNS ga ikke noe brukbart svar ({why}).", silent_servers},
            {dmarc_fine, "Det finnes en DMARC-oppføring med policyen {policy}.", ""},
            {dmarc_inherited,
             "Domenet har ingen egen DMARC-oppføring og trenger ingen: den for {organisation} gjelder også her, med policyen "
             "{policy}.",
             ""},
            {dmarc_inherited_meanwhile,
             "Inntil dette er rettet, gjelder DMARC-oppføringen for {organisation} her, med policyen {policy}; den holder "
             "forslaget fast ved.",
             ""},
            {dmarc_missing, "Domenet har ingen DMARC-oppføring.",
             "Gmail, Yahoo og Outlook.com krever en slik av alle som sender mye e-post, og avviser e-post uten. Policyen "
             "\"none\" endrer ingenting ved leveringen av annen e-post."},
            {dmarc_misplaced, "Det står en DMARC-oppføring under {misplaced}, med domenets navn to ganger.",
             "Mange nettskjemaer legger selv til domenet; da skal bare delen foran domenet skrives inn. Slik det står nå, finner "
             "mottakere ikke oppføringen. Forslaget krever ikke noe strengere enn det som gjelder i dag, og beholder alle "
             "adresser for rapporter."},
            {dmarc_at_domain, "Det står en DMARC-oppføring under selve {domain}; den hører hjemme under _dmarc.{domain}.",
             "Mottakere leter ikke etter den andre steder. Forslaget krever ikke noe strengere enn det som gjelder i dag, og "
             "beholder alle adresser for rapporter."},
            {dmarc_several, "Domenet har {count} DMARC-oppføringer. Bare én er tillatt.",
             "Mottakere gjør som om det ikke fantes noen. Forslaget krever ikke noe strengere enn det som gjelder i dag, og "
             "beholder alle adresser for rapporter."},
            {dmarc_version_wrong,
             "DMARC-oppføringen begynner med \"{shown}\". Den må begynne med v=DMARC1, skrevet nøyaktig slik.",
             "Mottakere gjenkjenner ikke oppføringen og gjør som om det ikke fantes noen. Forslaget krever ikke noe strengere "
             "enn det som gjelder i dag, og beholder alle adresser for rapporter."},
            {dmarc_version_missing, "DMARC-oppføringen begynner ikke med v=DMARC1 (den begynner med \"{shown}\").",
             "Mottakere gjenkjenner ikke oppføringen og gjør som om det ikke fantes noen. Forslaget krever ikke noe strengere "
             "enn det som gjelder i dag, og beholder alle adresser for rapporter."},
            {dmarc_separator_wrong, "Delene i DMARC-oppføringen er ikke skilt med semikolon (\"{shown}\", tegn {position}).",
             "Mottakere gjenkjenner ikke oppføringen, eller hopper over en del av den. Forslaget krever ikke noe strengere enn "
             "det som gjelder i dag, og beholder alle adresser for rapporter."},
            {dmarc_quoted,
             "Anførselstegn eller omvendte skråstreker er blitt limt inn i DMARC-oppføringen (tegn {position}: {shown}).",
             "Mottakere gjenkjenner ikke oppføringen, eller hopper over en del av den. Forslaget krever ikke noe strengere enn "
             "det som gjelder i dag, og beholder alle adresser for rapporter."},
            {dmarc_tag_twice, "\"{tag}\" står to ganger i DMARC-oppføringen (tegn {position}).",
             "Etter standarden (RFC 6376) er hele oppføringen da ugyldig. Noen mottakere, blant annet de som bruker mox eller "
             "mailauth i streng modus, gjør som om det ikke fantes noen; andre bruker den ene av de to."},
            {dmarc_unusable, "DMARC-oppføringen er ugyldig (\"{tag}\", tegn {position}).",
             "Mottakere gjør som om det ikke fantes noen."},
            {dmarc_tag_ignored, "En del av DMARC-oppføringen er ugyldig (\"{tag}\", tegn {position}).",
             "Mottakere hopper over denne delen."},
            {dmarc_tag_obsolete, "DMARC-oppføringen har en angivelse som ikke lenger betyr noe ({tag}).",
             "Siden RFC 9989 ser mottakere bort fra pct, rf og ri, og en policy gjelder for all e-post. En policy som bare skal "
             "prøves ut, merkes med t=y."},
            {dmarc_softened,
             "DMARC-oppføringen er merket som test (t=y): mottakere bruker \"{policy}\" og ikke den strengere policyen som den "
             "oppgir.",
             "Mottakere som fortsatt følger den tidligere regelen (RFC 7489), kjenner ikke merket og bruker policyen fullt ut."},
            {dmarc_only_watches, "DMARC-policyen er \"none\": mottakere følger med, men stopper ikke forfalsket e-post.",
             "Når rapportene viser at all domenets egen e-post blir godkjent, beskytter \"quarantine\" eller \"reject\" mot "
             "forfalskninger."},
            {dmarc_no_reports, "DMARC-oppføringen for {organisation} oppgir ingen e-postadresse for rapporter (rua).",
             "Ingen får vite hvem som sender e-post som domenet."},
            {dmarc_aligned,
             "Avsenderadressen stemmer med domenet som det signeres for ({signing}), eller som returpost går til ({sender}).",
             ""},
            {dmarc_spf_alone, "E-posten vår består DMARC bare ved hjelp av SPF, siden den ikke er signert for {domain}.",
             "Når slik e-post videresendes, godkjennes den ikke lenger av SPF, og mottakere bruker policyen \"{policy}\". En "
             "gyldig DKIM-signatur hindrer det."},
            {dmarc_not_aligned,
             "Avsenderadressen stemmer verken med domenet som det signeres for ({signing}), eller det som returpost går til "
             "({sender}).",
             "E-posten vår består ikke DMARC, og mottakere gjør med den det policyen sier."},
            {dmarc_refused,
             "E-posten vår vil bli avvist: den består ikke DMARC, og policyen for {organisation} er \"{policy}\". Den er signert "
             "av {signing} i stedet for {domain}, og SPF godkjenner den ikke for {sender}.",
             "Inntil SPF eller DKIM er i orden, avviser mottakere e-posten som vi sender for domenet."},
            {dmarc_set_aside,
             "E-posten vår vil bli behandlet som spam: den består ikke DMARC, og policyen for {organisation} er \"{policy}\". "
             "Den er signert av {signing} i stedet for {domain}, og SPF godkjenner den ikke for {sender}.",
             "Inntil SPF eller DKIM er i orden, legger mottakere e-posten som vi sender for domenet, i spammappen."},
            {dmarc_unsigned,
             "E-posten vår ville ikke bestått DMARC, der policyen for {organisation} er \"{policy}\": den kan ikke signeres for "
             "{domain}, og SPF godkjenner den ikke for {sender}.",
             "Mottakere ville avvist den eller behandlet den som spam. Den venter hos oss til domenet fører til nøkkelen vår."},
            {dmarc_older_none,
             "Mottakere som fortsatt følger den tidligere regelen (RFC 7489), finner ingen DMARC-policy for domenet.",
             "Det krever ikke at noen gjør noe: mottakerne går litt etter litt over til den nåværende regelen. En "
             "DMARC-oppføring med samme policy på selve domenet ville gjelde for alle allerede i dag."},
            {dmarc_older_other,
             "Mottakere som fortsatt følger den tidligere regelen (RFC 7489), går etter DMARC-oppføringen for {organisation} med "
             "policyen {policy}.",
             "Det krever ikke at noen gjør noe: mottakerne går litt etter litt over til den nåværende regelen. En "
             "DMARC-oppføring med samme policy på selve domenet ville gjelde for alle allerede i dag."},
            {dmarc_older_aligned,
             "Etter den tidligere regelen (RFC 7489) består e-posten vår DMARC, etter den nåværende (RFC 9989) gjør den ikke "
             "det.",
             "I dag hører navn bare sammen hvis en DMARC-oppføring over dem knytter dem sammen. Mottakerne går litt etter litt "
             "over til den nåværende regelen."},
            {dmarc_older_not_aligned,
             "Etter den nåværende regelen (RFC 9989) består e-posten vår DMARC, etter den tidligere (RFC 7489) gjør den ikke "
             "det.",
             "Mottakere som fortsatt følger den tidligere regelen, bruker domenets policy mot e-posten vår."},
            {dmarc_unknown, "DMARC kunne ikke kontrolleres: DNS ga ikke noe brukbart svar ({why}).", silent_servers},
            {mx_fine, "Domenet kan ta imot e-post (MX).", ""},
            {mx_null, "Domenet sier at det ikke tar imot e-post (null MX).",
             "Mange mottakere avviser e-post fra et domene man ikke kan svare, og svar fra abonnenter går tapt."},
            {mx_missing, "Domenet har verken en e-postserver (MX) eller en adresse.",
             "Mange mottakere avviser e-post fra et domene man ikke kan svare, og svar fra abonnenter går tapt."},
            {mx_by_address, "Domenet har ingen MX-oppføring; e-post til det går til domenets egen adresse.",
             "Hvis ingen e-postserver svarer der, går svar fra abonnenter tapt."},
            {mx_unresolved, "E-postserveren {host} (MX) har ingen adresse.",
             "E-post til domenet kan bli forsinket eller gå tapt."},
            {mx_unknown, "E-postserverne (MX) kunne ikke kontrolleres: DNS ga ikke noe brukbart svar ({why}).", silent_servers},
            {source_fine, "Vår adresse {address} heter {host}, og navnet fører tilbake til den.", ""},
            {source_without_name, "Vår adresse {address} har ikke noe navn i DNS (PTR).",
             "Gmail og Yahoo avviser e-post fra slike adresser eller behandler den som søppelpost."},
            {source_not_confirmed, "Navnet {host} på vår adresse {address} fører ikke tilbake til den.",
             "Gmail og Yahoo avviser e-post fra slike adresser eller behandler den som søppelpost."},
            {source_unknown, "Vår adresse {address} kunne ikke kontrolleres: DNS ga ikke noe brukbart svar ({why}).",
             "Dette sier ingenting om selve adressen."},
            {sources_not_given, "Kontrollen kjenner ikke adressene som e-posten vår kommer fra.",
             "Om de godkjennes av SPF og har navn, kunne ikke undersøkes."},
            {helo_unresolved, "Navnet {host}, som e-postserverne våre presenterer seg med, har ingen adresse.",
             "Noen mottakere stoler mindre på slike servere."},
            {tls_report_fine, "Mislykket kryptering rapporteres til domenet (TLS-RPT).", ""},
            {tls_report_missing, "Det er ikke oppgitt noen for rapporter om e-post som ikke kunne krypteres (TLS-RPT-oppføring).",
             "Ingen får vite når e-post til domenet ikke kunne krypteres. Enhver postkasse som blir lest, kan oppgis i "
             "oppføringen."},
            {tls_report_unusable, "TLS-RPT-oppføringen er ugyldig (\"{tag}\", tegn {position}).", "Det sendes ingen rapporter."},
            {mta_sts_fine, "Det finnes en MTA-STS-oppføring.", ""},
            {mta_sts_missing, "Domenet krever ikke at e-post til det krypteres (MTA-STS-oppføring).",
             "E-post til domenet kan bli sendt ukryptert hvis noen griper inn i forbindelsen. MTA-STS krever også en policyfil "
             "på en webserver og settes derfor opp sammen med e-postleverandøren."},
            {mta_sts_unusable, "MTA-STS-oppføringen er ugyldig (\"{tag}\", tegn {position}).", "Avsendere ser bort fra den."},
            {bimi_fine, "Det finnes en BIMI-oppføring.", ""},
            {bimi_missing, "Det er ikke oppgitt noen logo for domenets e-post (BIMI-oppføring).",
             "Postkasser som støtter BIMI, viser ingen logo ved siden av e-posten."},
            {bimi_unusable, "BIMI-oppføringen er ugyldig (\"{tag}\", tegn {position}).", "Det vises ingen logo."},
            {bimi_needs_policy, "BIMI virker bare med DMARC-policyen \"quarantine\" eller \"reject\".", "Det vises ingen logo."},
            {remark_unknown, "{name} kunne ikke kontrolleres: DNS ga ikke noe brukbart svar ({why}).",
             "Sending av e-post avhenger ikke av denne oppføringen."},
        }}};
    return words;
}

}  // namespace ilbud
