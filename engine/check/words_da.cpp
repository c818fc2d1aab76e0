// Danish. Addresses the reader as a company, with "jer" and "jeres"; "record" stays English, as in Danish
// hosts' forms, while a policy is a "politik". Placeholders are those of words_en.cpp; a test compares them.
#include "domain_words.hpp"

namespace ilbud {

const DomainWords& danish_domain_words() {
    using enum FindingCode;
    // Shared sentences; each is said once a report.
    static constexpr std::string_view unsigned_mail =
        "Begge CNAME-records er nødvendige: Den ene fører til den nøgle, der signerer nu, den anden til den næste, så nøgler kan "
        "skiftes uden at ulejlige jer. Usignerede mails bliver oftere behandlet som spam.";
    static constexpr std::string_view ours_to_mend = "Indtil vi har rettet det, kan mails ikke signeres i domænets navn.";
    static constexpr std::string_view silent_servers =
        "Det siger intet om selve recordsene. Men så længe domænets navneservere ikke svarer, kan modtagere også holde domænets "
        "mails tilbage.";
    static const DomainWords words{
        .title = "Kontrol af DNS-records for {domain}",
        .opening =
            "Vi sender mails på vegne af {domain}, fra {from}. For at de kan nå frem, skal domænets DNS angive os som afsender. "
            "Her er, hvad vi fandt.",
        .opening_no_address =
            "Vi sender mails på vegne af {domain}. For at de kan nå frem, skal domænets DNS angive os som afsender. Her er, hvad "
            "vi fandt.",
        .result = "Resultat:",
        // By DomainVerdict, continued behind the word for "result".
        .verdicts = {"der mangler svar fra DNS, så der kan ikke siges noget sikkert.",
                     "mails fra domænet vil ofte blive behandlet som spam eller afvist.",
                     "mails kan sendes. Signeringen (DKIM) er ikke helt på plads.",
                     "mails sendes og signeres. Kun DMARC mangler.", "alt, hvad der er brug for, er på plads."},
        .in_order = "i orden",
        .to_change = "skal ændres",
        .with_us = "det sørger vi for",
        .not_checked = "kunne ikke kontrolleres",
        .legend =
            "SPF angiver de servere, der må sende mails for domænet. Med DKIM kontrollerer modtagere ved hjælp af en signatur, "
            "at en mail er ægte. DMARC siger, hvad de skal gøre med mails, der ikke består nogen af de to. Modtagere er de "
            "mailservere, der tager imod mails, f.eks. Gmails. Ændringerne foretages dér, hvor domænets DNS administreres, "
            "oftest hos webhotellet eller det firma, hvor domænet er registreret.",
        .changes = "Det skal ændres",
        .unanswered = "Det kunne ikke kontrolleres",
        .ours = "Det sørger vi selv for (I skal ikke gøre noget)",
        .suggestions = "Forslag",
        .all_well = "Det er i orden",
        .providers = "Vil mails blive modtaget?",
        .domain = "Domæne",
        .sources = "Vores mailservere",
        .extras = "Supplerende",
        .found = "Dette blev fundet:",
        .publish = "Opret venligst denne record:",
        .replace = "Erstat venligst det fundne med denne record:",
        .replace_text = "Erstat venligst det fundne med denne record; andre TXT-records med samme navn skal blive stående:",
        .replace_alias = "Slet venligst det fundne, og opret denne record i stedet:",
        .correct = "Ret det venligst i domænets DNS.",
        .mended_by = "Det, der er angivet under {numbers}, retter dette; lad DMARC-politikken være, som den er.",
        .same_record = "Den record, der er angivet under {number}, retter også dette.",
        .bill = "Så mange gange får hver del dem til at spørge:",
        .take_out = "Det er f.eks. nok at fjerne {terms}, hvis domænet ikke længere sender mails ad den vej.",
        .take_out_any = "Det hjælper at fjerne tjenester, der ikke længere sender mails for domænet.",
        .name = "Navn:",
        .in_full = "(fuldt navn: {name})",
        .type = "Type:",
        .ttl = "TTL:",
        .value = "Værdi:",
        .zone_line = "Det samme til en zonefil:",
        .passes = "ja",
        .passes_small = "ja, i mindre antal. Til mere end ca. 5.000 mails om dagen mangler: {rules}",
        .fails = "nej. Der mangler: {rules}",
        .undecided = "kan ikke afgøres. Ukendt: {rules}",
        // By SenderRule; they are read in a list, so none is a sentence.
        .rules = {"SPF eller DKIM", "SPF", "DKIM", "DMARC", "en afsenderadresse, der stemmer med SPF eller DKIM",
                  "navne til vores mailserveres adresser", "kryptering (TLS)", "afmelding med ét klik",
                  "en DKIM-signatur, der stemmer med afsenderadressen", "en SOA-record for domænet",
                  "en afsenderadresse, der kan besvares (MX)"},
        .closing =
            "Ændringer kan ses overalt, når de gamle records' TTL er udløbet, som regel efter en time til et døgn. Tak for "
            "hjælpen.",
        // By DnsFailure; each stands in parentheses.
        .failures = {"ingen årsag angivet", "der kom intet svar i tide", "navneserveren svarer med fejlen {code}",
                     "svarets signatur (DNSSEC) er ikke gyldig", "CNAME-records fører i ring, eller der er for mange af dem",
                     "svaret kunne ikke læses", "kontrollen må ikke stille flere spørgsmål"},
        // By SpfCause::Kind; each is a sentence.
        .causes = {"Årsagen er ukendt.",
                   "Det afgøres af \"{term}\" i recorden for {record}.",
                   "Intet i recorden for {record} nævner denne adresse.",
                   "Det må højst kræve {most} spørgsmål til DNS at læse recorden; ved \"{term}\" i recorden for {record} bliver "
                   "det flere.",
                   "Det kræver {count} spørgsmål til DNS at læse recorden; højst {most} er tilladt.",
                   "\"{term}\" i recorden for {record} finder intet i DNS; mere end {most} sådanne dele er ikke tilladt.",
                   "{count} dele af recorden finder intet i DNS; højst {most} er tilladt.",
                   "{name} har {count} mailservere (MX); ved \"{term}\" ser modtagere højst på {most}.",
                   "DNS giver intet brugbart svar om {name} ({failure}).",
                   "{name} er ikke en IP-adresse.",
                   "{name} kan ikke være et domænenavn.",
                   "Navnet {name} findes ikke.",
                   "{name} har ingen SPF-record.",
                   "{record} har {count} SPF-records; der må kun være én.",
                   "Recorden for {record} har {count} tegn; modtagere læser højst {most}.",
                   "\"{term}\" i recorden for {record} indeholder et tegn, der ikke må stå dér (tegn {at}).",
                   "\"{term}\" i recorden for {record} er ikke noget, SPF kender (tegn {at}).",
                   "\"{term}\" i recorden for {record} står der for anden gang (tegn {at}).",
                   "I \"{term}\" i recorden for {record} må der ikke følge noget efter \"all\" uden mellemrum (tegn {at}).",
                   "I \"{term}\" i recorden for {record} mangler domænenavnet, eller det er forkert (tegn {at}).",
                   "I \"{term}\" i recorden for {record} skal tallet efter skråstregen være fra 0 til {most} (tegn {at}).",
                   "I \"{term}\" i recorden for {record} mangler IP-adressen, eller den er forkert (tegn {at}).",
                   "I \"{term}\" i recorden for {record} er en del med \"%\" forkert (tegn {at}).",
                   "\"{term}\" i recorden for {record} fører tilbage til udgangspunktet og dermed i ring.",
                   "Den inkluderer mere end {most} andre records."},
        .led_by = "\"{term}\" i recorden for {record} fører dertil.",
        // In the order of FindingCode and indexed by it.
        .findings = {{
            {domain_missing, "Domænet {domain} findes ikke i DNS.",
             "Modtagere afviser mails fra et domæne, der ikke findes. Kontrollér venligst stavemåden, og at domænet er "
             "registreret og betalt."},
            {spf_fine, "SPF-recorden angiver os som afsender (include:{include}).", ""},
            {spf_older_include,
             "SPF-recorden angiver os som afsender med et af vores ældre navne (include:{include}); det nuværende er "
             "{recommended}.",
             "Det ældre navn virker stadig. Når det engang nedlægges, vil modtagere ikke længere godkende os som afsender."},
            {spf_through_includes, "SPF-recorden angiver os som afsender via {via} (include:{include}).", ""},
            {spf_by_address, "SPF-recorden godkender vores adresser, men uden navnet {recommended}.",
             "Når vores adresser ændres, skal recorden også ændres. Med navnet i den sker det af sig selv."},
            {spf_missing, "Domænet har ingen SPF-record.",
             "Modtagere kan ikke se, at vi må sende for domænet, og behandler ofte mails som spam eller afviser dem. Hvis andre "
             "også "
             "sender for domænet, f.eks. en nyhedsbrevstjeneste, skal de stå i samme record."},
            {spf_unrecognised, "En TXT-record for domænet er ment som SPF, men modtagere genkender den ikke.",
             "Modtagere kan ikke se, at vi må sende for domænet, og behandler ofte mails som spam eller afviser dem. Recorden "
             "skal begynde med v=spf1 og et mellemrum, uden egne anførselstegn."},
            {spf_several, "Domænet har {count} SPF-records. Der må kun være én.",
             "Modtagere regner dem alle for ugyldige og behandler ofte mails som spam. De skal samles til én."},
            {spf_include_missing, "SPF-recorden angiver os ikke som afsender (include:{recommended} mangler).",
             "Modtagere kan ikke se, at vi må sende for domænet, og behandler ofte mails som spam eller afviser dem."},
            {spf_include_not_counted,
             "SPF-recorden nævner {include}, men på en måde, så ingen af vores mails godkendes ({term}).",
             "Et navn tæller kun uden tegn eller med \"+\", og kun foran \"all\". Modtagere behandler ofte vores mails som spam "
             "eller afviser dem."},
            {spf_invalid, "SPF-recorden er ugyldig. {why}",
             "Modtagere opfatter en ugyldig record som en fejl, og det gælder alle mails fra domænet."},
            {spf_too_many_lookups,
             "For at læse SPF-recorden skal modtagere spørge DNS {count} gange. Højst {most} gange er tilladt.",
             "Modtagere regner recorden for ugyldig. {help}"},
            {spf_no_room,
             "En SPF-record med alle de nuværende dele og vores navn ville få modtagere til at spørge DNS {count} gange. Højst "
             "{most} gange er tilladt.",
             "Modtagere ville regne sådan en record for ugyldig, så der kan ikke foreslås nogen. {help}"},
            {spf_near_lookup_limit,
             "Med vores navn i den skal modtagere spørge DNS {count} gange for at læse SPF-recorden. Højst {most} gange er "
             "tilladt.",
             "Er der flere, regner modtagere recorden for ugyldig; antallet kan også vokse i records, som den inkluderer. Det "
             "hjælper at fjerne tjenester, der ikke længere sender for domænet."},
            {spf_too_many_voids,
             "{count} dele af SPF-recorden nævner noget, der ikke findes i DNS. Højst {most} sådanne dele er tilladt.",
             "Modtagere regner recorden for ugyldig. Det hjælper at fjerne navne, der ikke længere findes."},
            {spf_permits_all, "SPF-recorden lader alle sende som domænet ({term}).",
             "Hvem som helst kan forfalske mails fra domænet, og modtagere stoler mindre på domænets egne mails."},
            {spf_permits_half, "SPF-recorden lader halvdelen af alle adresser på internettet sende som domænet ({term}).",
             "Rigtig mange kan forfalske mails fra domænet, og modtagere stoler mindre på domænets egne mails."},
            {spf_neutral_end,
             "SPF-recorden siger ikke, at andre ikke må sende som domænet (den slutter med ?all eller uden all).",
             "Forfalskede mails fra domænet slipper lettere igennem."},
            {spf_terms_left_out, "Den foreslåede SPF-record udelader {terms}.",
             "Lige nu giver disse dele ingen lov til at sende, og med dem er recorden ugyldig eller får modtagere til at spørge "
             "DNS for mange gange."},
            {spf_terms_idle, "Disse dele af SPF-recorden tæller ikke med: {terms}.",
             "De er skrevet forkert, eller de står efter \"all\" eller ved siden af det. De servere, som de skulle gælde for, "
             "har ikke "
             "lov til at sende."},
            {spf_terms_guessed, "Dele af SPF-recorden kan være ment på flere måder. Vi læser dem sådan: {terms}.",
             "Kontrollér disse adresser og navne, før I publicerer recorden."},
            {spf_source_passes, "Mails fra vores adresse {address} godkendes af SPF.", ""},
            {spf_partial, "Mails fra vores adresse {address} godkendes ikke af SPF. {why}",
             "Modtagere behandler ofte mails fra denne adresse som spam eller afviser dem."},
            // Like every …_unknown, this speaks of the name servers and not of the record (S43).
            {spf_unknown, "SPF kunne ikke kontrolleres. {why}", silent_servers},
            {dkim_ready, "{name} fører til den nøgle, der signerer mails.", ""},
            {dkim_idle, "{name} fører til {target}. Der er ingen nøgle i brug dér lige nu, og sådan skal det være.", ""},
            {dkim_alias_missing, "CNAME-recorden {name} mangler.", unsigned_mail},
            {dkim_alias_wrong, "CNAME-recorden {name} fører ikke til {target}.", unsigned_mail},
            {dkim_alias_extended,
             "CNAME-recorden {name} fører til {target} med et ekstra navn efter sig. Ofte mangler der et punktum til sidst i "
             "værdien.",
             unsigned_mail},
            {dkim_alias_misplaced, "Recorden for {name} står under {misplaced}, med domænets navn to gange.",
             "Mange webformularer tilføjer selv domænet; så skal kun delen før domænet indtastes. Som det er nu, finder "
             "modtagere ikke recorden."},
            {dkim_key_copied, "Under {name} står der en TXT-record, hvor der skal være en CNAME-record.",
             "En kopieret nøgle passer ikke længere, når vi skifter nøgler, og så er signaturerne ugyldige."},
            {dkim_alias_as_text, "Under {name} står der en TXT-record, hvor der skal være en CNAME-record til {target}.",
             unsigned_mail},
            {dkim_alias_as_other, "Under {name} står der en anden record, hvor der skal være en CNAME-record til {target}.",
             unsigned_mail},
            // A key stands at our own target, so what is said of it asks the reader for nothing.
            {dkim_key_missing, "Der er ingen nøgle under {target}.", ours_to_mend},
            {dkim_key_other, "Under {target} står der en anden nøgle end den, der signerer.", ours_to_mend},
            {dkim_key_revoked, "Nøglen under {target} er trukket tilbage.", ours_to_mend},
            {dkim_key_unusable, "Nøglen under {target} kan ikke bruges af modtagere.", ours_to_mend},
            {dkim_key_doubled_tag, "Nøglerecorden under {target} nævner \"{tag}\" to gange.",
             "RFC 6376 kalder sådan en record ugyldig. Nogle modtagere (f.eks. dem, der kontrollerer med dkimpy) opfatter mailen "
             "som usigneret."},
            {dkim_key_several, "Der er flere records under {target}; modtagere forventer én.", ours_to_mend},
            {dkim_key_testing, "Nøglen under {target} er mærket som test (t=y).",
             "Modtagere kan se bort fra signaturer med en testnøgle."},
            {dkim_unknown, "{name} kunne ikke kontrolleres: DNS gav intet brugbart svar ({why}).", silent_servers},
            {dmarc_fine, "Der er en DMARC-record med politikken {policy}.", ""},
            {dmarc_inherited,
             "Domænet har ingen egen DMARC-record og behøver ingen: Den for {organisation} gælder også her, med politikken "
             "{policy}.",
             ""},
            {dmarc_inherited_meanwhile,
             "Indtil dette er rettet, gælder DMARC-recorden for {organisation} her, med politikken {policy}; den holder "
             "forslaget fast ved.",
             ""},
            {dmarc_missing, "Domænet har ingen DMARC-record.",
             "Gmail, Yahoo og Outlook.com kræver en af alle, der sender mange mails, og afviser mails uden. Politikken \"none\" "
             "ændrer intet ved leveringen af andre mails."},
            {dmarc_misplaced, "Der står en DMARC-record under {misplaced}, med domænets navn to gange.",
             "Mange webformularer tilføjer selv domænet; så skal kun delen før domænet indtastes. Som det er nu, finder "
             "modtagere ikke recorden. Forslaget kræver intet strengere end det, der gælder i dag, og bevarer alle adresser til "
             "rapporter."},
            {dmarc_at_domain, "Der står en DMARC-record under selve {domain}; den hører til under _dmarc.{domain}.",
             "Modtagere leder ikke efter den andre steder. Forslaget kræver intet strengere end det, der gælder i dag, og "
             "bevarer alle adresser til rapporter."},
            {dmarc_several, "Domænet har {count} DMARC-records. Der må kun være én.",
             "Modtagere gør, som om der ingen var. Forslaget kræver intet strengere end det, der gælder i dag, og bevarer alle "
             "adresser til rapporter."},
            {dmarc_version_wrong,
             "DMARC-recorden begynder med \"{shown}\". Den skal begynde med v=DMARC1, skrevet nøjagtigt sådan.",
             "Modtagere genkender ikke recorden og gør, som om der ingen var. Forslaget kræver intet strengere end det, der "
             "gælder i dag, og bevarer alle adresser til rapporter."},
            {dmarc_version_missing, "DMARC-recorden begynder ikke med v=DMARC1 (den begynder med \"{shown}\").",
             "Modtagere genkender ikke recorden og gør, som om der ingen var. Forslaget kræver intet strengere end det, der "
             "gælder i dag, og bevarer alle adresser til rapporter."},
            {dmarc_separator_wrong, "Delene i DMARC-recorden er ikke adskilt med semikolon (\"{shown}\", tegn {position}).",
             "Modtagere genkender ikke recorden eller springer en del af den over. Forslaget kræver intet strengere end det, der "
             "gælder i dag, og bevarer alle adresser til rapporter."},
            {dmarc_quoted,
             "Der er kommet anførselstegn eller omvendte skråstreger med ind i DMARC-recorden (tegn {position}: {shown}).",
             "Modtagere genkender ikke recorden eller springer en del af den over. Forslaget kræver intet strengere end det, der "
             "gælder i dag, og bevarer alle adresser til rapporter."},
            {dmarc_tag_twice, "\"{tag}\" står to gange i DMARC-recorden (tegn {position}).",
             "Efter standarden (RFC 6376) er hele recorden så ugyldig. Nogle modtagere, bl.a. dem, der bruger mox eller mailauth "
             "i streng tilstand, gør, som om der ingen var; andre bruger den ene af de to."},
            {dmarc_unusable, "DMARC-recorden er ugyldig (\"{tag}\", tegn {position}).", "Modtagere gør, som om der ingen var."},
            {dmarc_tag_ignored, "En del af DMARC-recorden er ugyldig (\"{tag}\", tegn {position}).",
             "Modtagere springer denne del over."},
            {dmarc_tag_obsolete, "DMARC-recorden har en angivelse, der ikke længere betyder noget ({tag}).",
             "Siden RFC 9989 ser modtagere bort fra pct, rf og ri, og en politik gælder for alle mails. En politik, der kun skal "
             "afprøves, mærkes med t=y."},
            {dmarc_softened,
             "DMARC-recorden er mærket som test (t=y): modtagere anvender \"{policy}\" og ikke den strengere politik, den "
             "angiver.",
             "Modtagere, der endnu følger den tidligere regel (RFC 7489), kender ikke mærket og anvender politikken fuldt ud."},
            {dmarc_only_watches, "DMARC-politikken er \"none\": modtagere holder øje, men stopper ikke forfalskede mails.",
             "Når rapporterne viser, at alle domænets egne mails bliver godkendt, beskytter \"quarantine\" eller \"reject\" mod "
             "forfalskninger."},
            {dmarc_no_reports, "DMARC-recorden for {organisation} angiver ingen mailadresse til rapporter (rua).",
             "Ingen får at vide, hvem der sender mails som domænet."},
            {dmarc_aligned,
             "Afsenderadressen stemmer med det domæne, der signeres for ({signing}), eller som returmails går til ({sender}).",
             ""},
            {dmarc_spf_alone, "Vores mails består kun DMARC ved hjælp af SPF, da de ikke er signeret for {domain}.",
             "Når sådanne mails videresendes, godkendes de ikke længere af SPF, og modtagere anvender politikken \"{policy}\". "
             "En gyldig DKIM-signatur forhindrer det."},
            {dmarc_not_aligned,
             "Afsenderadressen stemmer hverken med det domæne, der signeres for ({signing}), eller det, som returmails går til "
             "({sender}).",
             "Vores mails består ikke DMARC, og modtagere gør med dem, som politikken siger."},
            {dmarc_refused,
             "Vores mails vil blive afvist: De består ikke DMARC, og politikken for {organisation} er \"{policy}\". De er "
             "signeret af {signing} i stedet for {domain}, og SPF godkender dem ikke for {sender}.",
             "Indtil SPF eller DKIM er i orden, afviser modtagere de mails, vi sender for domænet."},
            {dmarc_set_aside,
             "Vores mails vil blive behandlet som spam: De består ikke DMARC, og politikken for {organisation} er \"{policy}\". "
             "De er signeret af {signing} i stedet for {domain}, og SPF godkender dem ikke for {sender}.",
             "Indtil SPF eller DKIM er i orden, lægger modtagere de mails, vi sender for domænet, i spammappen."},
            {dmarc_unsigned,
             "Vores mails ville ikke bestå DMARC, hvor politikken for {organisation} er \"{policy}\": De kan ikke signeres for "
             "{domain}, og SPF godkender dem ikke for {sender}.",
             "Modtagere ville afvise dem eller behandle dem som spam. De venter hos os, indtil domænet fører til vores nøgle."},
            {dmarc_older_none,
             "Modtagere, der endnu følger den tidligere regel (RFC 7489), finder ingen DMARC-politik for domænet.",
             "Det kræver ikke, at nogen gør noget: Modtagerne går lidt efter lidt over til den nuværende regel. En DMARC-record "
             "med samme politik på selve domænet ville gælde for dem alle allerede i dag."},
            {dmarc_older_other,
             "Modtagere, der endnu følger den tidligere regel (RFC 7489), går efter DMARC-recorden for {organisation} med "
             "politikken {policy}.",
             "Det kræver ikke, at nogen gør noget: Modtagerne går lidt efter lidt over til den nuværende regel. En DMARC-record "
             "med samme politik på selve domænet ville gælde for dem alle allerede i dag."},
            {dmarc_older_aligned,
             "Efter den tidligere regel (RFC 7489) består vores mails DMARC, efter den nuværende (RFC 9989) gør de ikke.",
             "I dag hører navne kun sammen, hvis en DMARC-record over dem forbinder dem. Modtagerne går lidt efter lidt over til "
             "den nuværende regel."},
            {dmarc_older_not_aligned,
             "Efter den nuværende regel (RFC 9989) består vores mails DMARC, efter den tidligere (RFC 7489) gør de ikke.",
             "Modtagere, der endnu følger den tidligere regel, anvender domænets politik på vores mails."},
            {dmarc_unknown, "DMARC kunne ikke kontrolleres: DNS gav intet brugbart svar ({why}).", silent_servers},
            {mx_fine, "Domænet kan modtage mails (MX).", ""},
            {mx_null, "Domænet siger, at det ikke modtager mails (null MX).",
             "Mange modtagere afviser mails fra et domæne, man ikke kan svare, og abonnenters svar går tabt."},
            {mx_missing, "Domænet har hverken en mailserver (MX) eller en adresse.",
             "Mange modtagere afviser mails fra et domæne, man ikke kan svare, og abonnenters svar går tabt."},
            {mx_by_address, "Domænet har ingen MX-record; mails til det går til domænets egen adresse.",
             "Hvis der ikke svarer en mailserver dér, går abonnenters svar tabt."},
            {mx_unresolved, "Mailserveren {host} (MX) har ingen adresse.",
             "Mails til domænet kan blive forsinket eller gå tabt."},
            {mx_unknown, "Mailserverne (MX) kunne ikke kontrolleres: DNS gav intet brugbart svar ({why}).", silent_servers},
            {source_fine, "Vores adresse {address} hedder {host}, og navnet fører tilbage til den.", ""},
            {source_without_name, "Vores adresse {address} har intet navn i DNS (PTR).",
             "Gmail og Yahoo afviser mails fra sådanne adresser eller behandler dem som spam."},
            {source_not_confirmed, "Navnet {host} på vores adresse {address} fører ikke tilbage til den.",
             "Gmail og Yahoo afviser mails fra sådanne adresser eller behandler dem som spam."},
            {source_unknown, "Vores adresse {address} kunne ikke kontrolleres: DNS gav intet brugbart svar ({why}).",
             "Det siger intet om selve adressen."},
            {sources_not_given, "Kontrollen kender ikke de adresser, som vores mails kommer fra.",
             "Om de godkendes af SPF og har navne, kunne ikke undersøges."},
            {helo_unresolved, "Navnet {host}, som vores mailservere præsenterer sig med, har ingen adresse.",
             "Nogle modtagere stoler mindre på sådanne servere."},
            {tls_report_fine, "Mislykket kryptering bliver rapporteret til domænet (TLS-RPT).", ""},
            {tls_report_missing, "Der er ikke angivet nogen til rapporter om mails, der ikke kunne krypteres (TLS-RPT-record).",
             "Ingen får at vide, når mails til domænet ikke kunne krypteres. Enhver postkasse, der bliver læst, kan angives i "
             "recorden."},
            {tls_report_unusable, "TLS-RPT-recorden er ugyldig (\"{tag}\", tegn {position}).",
             "Der bliver ikke sendt rapporter."},
            {mta_sts_fine, "Der er en MTA-STS-record.", ""},
            {mta_sts_missing, "Domænet kræver ikke, at mails til det krypteres (MTA-STS-record).",
             "Mails til domænet kan blive sendt ukrypteret, hvis nogen griber ind i forbindelsen. MTA-STS kræver også en "
             "politikfil på en webserver og sættes derfor op sammen med mailudbyderen."},
            {mta_sts_unusable, "MTA-STS-recorden er ugyldig (\"{tag}\", tegn {position}).", "Afsendere ser bort fra den."},
            {bimi_fine, "Der er en BIMI-record.", ""},
            {bimi_missing, "Der er ikke angivet et logo til domænets mails (BIMI-record).",
             "Postkasser, der understøtter BIMI, viser intet logo ved siden af mails."},
            {bimi_unusable, "BIMI-recorden er ugyldig (\"{tag}\", tegn {position}).", "Der vises intet logo."},
            {bimi_needs_policy, "BIMI virker kun med DMARC-politikken \"quarantine\" eller \"reject\".", "Der vises intet logo."},
            {remark_unknown, "{name} kunne ikke kontrolleres: DNS gav intet brugbart svar ({why}).",
             "Afsendelsen af mails afhænger ikke af denne record."},
        }}};
    return words;
}

}  // namespace ilbud
