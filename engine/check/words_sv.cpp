// Swedish. "Post" is a record and "e-post" mail, so a bare "post" never stands for mail. Addresses the reader
// as a company ("er"). Placeholders are those of words_en.cpp; a test compares them.
#include "domain_words.hpp"

namespace ilbud {

const DomainWords& swedish_domain_words() {
    using enum FindingCode;
    // Shared sentences; each is said once a report.
    static constexpr std::string_view unsigned_mail =
        "Båda CNAME-posterna behövs: den ena leder till nyckeln som signerar nu, den andra till nästa, så att nycklar kan bytas "
        "utan att besvära er. Osignerad e-post behandlas oftare som skräppost.";
    static constexpr std::string_view ours_to_mend = "Tills vi har rättat detta kan e-post inte signeras i domänens namn.";
    static constexpr std::string_view silent_servers =
        "Detta säger ingenting om själva posterna. Men så länge domänens namnservrar inte svarar kan mottagare också hålla inne "
        "domänens e-post.";
    static const DomainWords words{
        .title = "Kontroll av DNS-posterna för {domain}",
        .opening =
            "Vi skickar e-post för {domain}, från {from}. För att den ska komma fram måste domänens DNS ange oss som avsändare. "
            "Detta är vad vi fann.",
        .opening_no_address =
            "Vi skickar e-post för {domain}. För att den ska komma fram måste domänens DNS ange oss som avsändare. Detta är vad "
            "vi fann.",
        .result = "Resultat:",
        // By DomainVerdict, continued behind the word for "result".
        .verdicts = {"svar från DNS saknas, så ingenting säkert kan sägas.",
                     "e-post från domänen kommer ofta att behandlas som skräppost eller avvisas.",
                     "e-post kan skickas. Signeringen (DKIM) är inte helt på plats.",
                     "e-post skickas och signeras. Endast DMARC saknas.", "allt som behövs är på plats."},
        .in_order = "i ordning",
        .to_change = "behöver ändras",
        .with_us = "det ordnar vi",
        .not_checked = "kunde inte kontrolleras",
        .legend =
            "SPF anger de servrar som får skicka e-post för domänen. Med DKIM kontrollerar mottagare genom en signatur att ett "
            "meddelande är äkta. DMARC säger vad de ska göra med e-post som inte klarar någon av de två. Mottagare är de "
            "e-postservrar som tar emot e-posten, till exempel Gmails. Ändringarna görs där domänens DNS sköts, oftast hos "
            "webbhotellet eller företaget där domänen är registrerad.",
        .changes = "Detta behöver ändras",
        .unanswered = "Detta kunde inte kontrolleras",
        .ours = "Detta ordnar vi själva (ni behöver inte göra något)",
        .suggestions = "Förslag",
        .all_well = "Detta är i ordning",
        .providers = "Kommer e-posten att tas emot?",
        .domain = "Domän",
        .sources = "Våra e-postservrar",
        .extras = "Övrigt",
        .found = "Detta hittades:",
        .publish = "Lägg till denna post:",
        .replace = "Ersätt det som hittades med denna post:",
        .replace_text = "Ersätt det som hittades med denna post; andra TXT-poster med samma namn ska vara kvar:",
        .replace_alias = "Ta bort det som hittades och lägg till denna post i stället:",
        .correct = "Vi ber er rätta detta i domänens DNS.",
        .mended_by = "Det som anges under {numbers} rättar detta; låt DMARC-policyn vara som den är.",
        .same_record = "Posten under {number} rättar även detta.",
        .bill = "Så många gånger får varje del dem att fråga:",
        .take_out = "Det räcker till exempel att ta bort {terms}, om domänen inte längre skickar e-post den vägen.",
        .take_out_any = "Det hjälper att ta bort tjänster som inte längre skickar e-post för domänen.",
        .name = "Namn:",
        .in_full = "(fullständigt namn: {name})",
        .type = "Typ:",
        .ttl = "TTL:",
        .value = "Värde:",
        .zone_line = "Samma sak för en zonfil:",
        .passes = "ja",
        .passes_small = "ja, i mindre antal. För mer än ungefär 5 000 meddelanden om dagen saknas: {rules}",
        .fails = "nej. Detta saknas: {rules}",
        .undecided = "kan inte avgöras. Okänt: {rules}",
        // By SenderRule; they are read in a list, so none is a sentence.
        .rules = {"SPF eller DKIM", "SPF", "DKIM", "DMARC", "en avsändaradress som stämmer med SPF eller DKIM",
                  "namn på våra e-postservrars adresser", "kryptering (TLS)", "avanmälan med ett klick",
                  "en DKIM-signatur som stämmer med avsändaradressen", "en SOA-post för domänen",
                  "en avsändaradress som går att svara på (MX)"},
        .closing =
            "Ändringar syns överallt när de gamla posternas TTL har gått ut, oftast efter en timme till ett dygn. Tack för "
            "hjälpen.",
        // By DnsFailure; each stands in parentheses.
        .failures = {"ingen orsak angiven", "inget svar kom i tid", "namnservern svarar med felet {code}",
                     "svarets signatur (DNSSEC) är inte giltig", "CNAME-poster leder i en cirkel, eller så är de för många",
                     "svaret gick inte att läsa", "kontrollen får inte ställa fler frågor"},
        // By SpfCause::Kind; each is a sentence.
        .causes = {"Orsaken är okänd.",
                   "Det avgörs av \"{term}\" i posten för {record}.",
                   "Ingenting i posten för {record} nämner denna adress.",
                   "Att läsa posten får kräva högst {most} frågor till DNS; vid \"{term}\" i posten för {record} blir de fler.",
                   "Att läsa posten kräver {count} frågor till DNS; högst {most} är tillåtna.",
                   "\"{term}\" i posten för {record} hittar ingenting i DNS; fler än {most} sådana delar är inte tillåtna.",
                   "{count} delar av posten hittar ingenting i DNS; högst {most} är tillåtna.",
                   "{name} har {count} e-postservrar (MX); vid \"{term}\" ser mottagare på högst {most}.",
                   "DNS ger inget användbart svar om {name} ({failure}).",
                   "{name} är ingen IP-adress.",
                   "{name} kan inte vara ett domännamn.",
                   "Namnet {name} finns inte.",
                   "{name} har ingen SPF-post.",
                   "{record} har {count} SPF-poster; bara en är tillåten.",
                   "Posten för {record} har {count} tecken; mottagare läser högst {most}.",
                   "\"{term}\" i posten för {record} innehåller ett tecken som inte får stå där (tecken {at}).",
                   "\"{term}\" i posten för {record} är inget som SPF känner till (tecken {at}).",
                   "\"{term}\" i posten för {record} står där för andra gången (tecken {at}).",
                   "I \"{term}\" i posten för {record} får ingenting följa på \"all\" utan mellanslag (tecken {at}).",
                   "I \"{term}\" i posten för {record} saknas domännamnet eller är fel (tecken {at}).",
                   "I \"{term}\" i posten för {record} måste talet efter snedstrecket vara från 0 till {most} (tecken {at}).",
                   "I \"{term}\" i posten för {record} saknas IP-adressen eller är fel (tecken {at}).",
                   "I \"{term}\" i posten för {record} är en del med \"%\" fel (tecken {at}).",
                   "\"{term}\" i posten för {record} leder tillbaka till utgångspunkten och därmed i en cirkel.",
                   "Den inkluderar fler än {most} andra poster."},
        .led_by = "\"{term}\" i posten för {record} leder dit.",
        // In the order of FindingCode and indexed by it.
        .findings = {{
            {domain_missing, "Domänen {domain} finns inte i DNS.",
             "Mottagare avvisar e-post från en domän som inte finns. Kontrollera stavningen och att domänen är registrerad och "
             "betald."},
            {spf_fine, "SPF-posten anger oss som avsändare (include:{include}).", ""},
            {spf_older_include,
             "SPF-posten anger oss som avsändare med ett av våra äldre namn (include:{include}); det nuvarande är {recommended}.",
             "Det äldre namnet fungerar fortfarande. När det en dag tas bort godkänner mottagare oss inte längre som avsändare."},
            {spf_through_includes, "SPF-posten anger oss som avsändare via {via} (include:{include}).", ""},
            {spf_by_address, "SPF-posten godkänner våra adresser, men utan namnet {recommended}.",
             "När våra adresser ändras måste posten också ändras. Med namnet i den sker det av sig självt."},
            {spf_missing, "Domänen har ingen SPF-post.",
             "Mottagare kan inte se att vi får skicka för domänen och behandlar ofta e-posten som skräppost eller avvisar den. "
             "Om andra också "
             "skickar för domänen, till exempel en nyhetsbrevstjänst, måste de stå i samma post."},
            {spf_unrecognised, "En TXT-post för domänen är avsedd som SPF, men mottagare känner inte igen den.",
             "Mottagare kan inte se att vi får skicka för domänen och behandlar ofta e-posten som skräppost eller avvisar den. "
             "Posten måste börja med v=spf1 och ett mellanslag, utan egna citattecken."},
            {spf_several, "Domänen har {count} SPF-poster. Bara en är tillåten.",
             "Mottagare räknar alla som ogiltiga och behandlar ofta e-posten som skräppost. De måste samlas till en."},
            {spf_include_missing, "SPF-posten anger oss inte som avsändare (include:{recommended} saknas).",
             "Mottagare kan inte se att vi får skicka för domänen och behandlar ofta e-posten som skräppost eller avvisar den."},
            {spf_include_not_counted, "SPF-posten nämner {include}, men på ett sätt som inte godkänner vår e-post ({term}).",
             "Ett namn räknas bara utan tecken eller med \"+\", och bara framför \"all\". Mottagare behandlar ofta vår e-post "
             "som skräppost eller avvisar den."},
            {spf_invalid, "SPF-posten är ogiltig. {why}",
             "Mottagare uppfattar en ogiltig post som ett fel, och det gäller all e-post från domänen."},
            {spf_too_many_lookups,
             "För att läsa SPF-posten måste mottagare fråga DNS {count} gånger. Högst {most} gånger är tillåtet.",
             "Mottagare räknar posten som ogiltig. {help}"},
            {spf_no_room,
             "En SPF-post med alla nuvarande delar och vårt namn skulle få mottagare att fråga DNS {count} gånger. Högst {most} "
             "gånger är tillåtet.",
             "Mottagare skulle räkna en sådan post som ogiltig, så ingen kan föreslås. {help}"},
            {spf_near_lookup_limit,
             "Med vårt namn i den måste mottagare fråga DNS {count} gånger för att läsa SPF-posten. Högst {most} gånger är "
             "tillåtet.",
             "Blir de fler räknar mottagare posten som ogiltig; antalet kan också växa i poster som den inkluderar. Det hjälper "
             "att ta bort tjänster som inte längre skickar för domänen."},
            {spf_too_many_voids,
             "{count} delar av SPF-posten nämner något som inte finns i DNS. Högst {most} sådana delar är tillåtna.",
             "Mottagare räknar posten som ogiltig. Det hjälper att ta bort namn som inte längre finns."},
            {spf_permits_all, "SPF-posten låter alla skicka som domänen ({term}).",
             "Vem som helst kan förfalska e-post från domänen, och mottagare litar mindre på domänens egen e-post."},
            {spf_permits_half, "SPF-posten låter hälften av alla adresser på internet skicka som domänen ({term}).",
             "Väldigt många kan förfalska e-post från domänen, och mottagare litar mindre på domänens egen e-post."},
            {spf_neutral_end, "SPF-posten säger inte att andra inte får skicka som domänen (den slutar med ?all eller utan all).",
             "Förfalskad e-post från domänen slipper lättare igenom."},
            {spf_terms_left_out, "Den föreslagna SPF-posten utelämnar {terms}.",
             "Just nu ger dessa delar ingen rätt att skicka, och med dem är posten ogiltig eller får mottagare att fråga DNS för "
             "många gånger."},
            {spf_terms_idle, "De här delarna av SPF-posten räknas inte: {terms}.",
             "De är felskrivna, eller står efter \"all\" eller bredvid det. Servrarna som de var avsedda för får inte skicka."},
            {spf_terms_guessed, "Delar av SPF-posten kan vara menade på flera sätt. Vi läser dem så här: {terms}.",
             "Kontrollera de här adresserna och namnen innan ni publicerar posten."},
            {spf_source_passes, "E-post från vår adress {address} godkänns av SPF.", ""},
            {spf_partial, "E-post från vår adress {address} godkänns inte av SPF. {why}",
             "Mottagare behandlar ofta e-post från denna adress som skräppost eller avvisar den."},
            // Like every …_unknown, this speaks of the name servers and not of the record (S43).
            {spf_unknown, "SPF kunde inte kontrolleras. {why}", silent_servers},
            {dkim_ready, "{name} leder till nyckeln som signerar e-posten.", ""},
            {dkim_idle, "{name} leder till {target}. Ingen nyckel används där just nu, och så ska det vara.", ""},
            {dkim_alias_missing, "CNAME-posten {name} saknas.", unsigned_mail},
            {dkim_alias_wrong, "CNAME-posten {name} leder inte till {target}.", unsigned_mail},
            {dkim_alias_extended,
             "CNAME-posten {name} leder till {target} med ännu ett namn efter sig. Ofta saknas en punkt i slutet av värdet.",
             unsigned_mail},
            {dkim_alias_misplaced, "Posten för {name} står under {misplaced}, med domänens namn två gånger.",
             "Många webbformulär lägger själva till domänen; då ska bara delen före domänen skrivas in. Som det är nu hittar "
             "mottagare inte posten."},
            {dkim_key_copied, "Under {name} står en TXT-post där det ska vara en CNAME-post.",
             "En kopierad nyckel passar inte längre när vi byter nycklar, och då är signaturerna ogiltiga."},
            {dkim_alias_as_text, "Under {name} står en TXT-post där det ska vara en CNAME-post till {target}.", unsigned_mail},
            {dkim_alias_as_other, "Under {name} står en annan post där det ska vara en CNAME-post till {target}.", unsigned_mail},
            // A key stands at our own target, so what is said of it asks the reader for nothing.
            {dkim_key_missing, "Det finns ingen nyckel under {target}.", ours_to_mend},
            {dkim_key_other, "Under {target} står en annan nyckel än den som signerar.", ours_to_mend},
            {dkim_key_revoked, "Nyckeln under {target} har återkallats.", ours_to_mend},
            {dkim_key_unusable, "Nyckeln under {target} kan inte användas av mottagare.", ours_to_mend},
            {dkim_key_doubled_tag, "Nyckelposten under {target} nämner \"{tag}\" två gånger.",
             "RFC 6376 kallar en sådan post ogiltig. Vissa mottagare (till exempel de som kontrollerar med dkimpy) uppfattar "
             "e-posten som osignerad."},
            {dkim_key_several, "Det finns flera poster under {target}; mottagare väntar sig en.", ours_to_mend},
            {dkim_key_testing, "Nyckeln under {target} är märkt som test (t=y).",
             "Mottagare kan bortse från signaturer med en testnyckel."},
            {dkim_unknown, "{name} kunde inte kontrolleras: DNS gav inget användbart svar ({why}).", silent_servers},
            {dmarc_fine, "Det finns en DMARC-post med policyn {policy}.", ""},
            {dmarc_inherited,
             "Domänen har ingen egen DMARC-post och behöver ingen: den för {organisation} gäller även här, med policyn {policy}.",
             ""},
            {dmarc_inherited_meanwhile,
             "Tills detta har rättats gäller DMARC-posten för {organisation} här, med policyn {policy}; den håller förslaget "
             "fast vid.",
             ""},
            {dmarc_missing, "Domänen har ingen DMARC-post.",
             "Gmail, Yahoo och Outlook.com kräver en sådan av alla som skickar mycket e-post och avvisar e-post utan. Policyn "
             "\"none\" ändrar ingenting i leveransen av annan e-post."},
            {dmarc_misplaced, "En DMARC-post står under {misplaced}, med domänens namn två gånger.",
             "Många webbformulär lägger själva till domänen; då ska bara delen före domänen skrivas in. Som det är nu hittar "
             "mottagare inte posten. Förslaget kräver inget strängare än det som gäller i dag och behåller alla adresser för "
             "rapporter."},
            {dmarc_at_domain, "En DMARC-post står under själva {domain}; den hör hemma under _dmarc.{domain}.",
             "Mottagare letar inte efter den någon annanstans. Förslaget kräver inget strängare än det som gäller i dag och "
             "behåller alla adresser för rapporter."},
            {dmarc_several, "Domänen har {count} DMARC-poster. Bara en är tillåten.",
             "Mottagare gör som om det inte fanns någon. Förslaget kräver inget strängare än det som gäller i dag och behåller "
             "alla adresser för rapporter."},
            {dmarc_version_wrong, "DMARC-posten börjar med \"{shown}\". Den måste börja med v=DMARC1, skrivet exakt så.",
             "Mottagare känner inte igen posten och gör som om det inte fanns någon. Förslaget kräver inget strängare än det som "
             "gäller i dag och behåller alla adresser för rapporter."},
            {dmarc_version_missing, "DMARC-posten börjar inte med v=DMARC1 (den börjar med \"{shown}\").",
             "Mottagare känner inte igen posten och gör som om det inte fanns någon. Förslaget kräver inget strängare än det som "
             "gäller i dag och behåller alla adresser för rapporter."},
            {dmarc_separator_wrong, "Delarna i DMARC-posten är inte åtskilda med semikolon (\"{shown}\", tecken {position}).",
             "Mottagare känner inte igen posten eller hoppar över en del av den. Förslaget kräver inget strängare än det som "
             "gäller i dag och behåller alla adresser för rapporter."},
            {dmarc_quoted, "Citattecken eller omvända snedstreck har klistrats in i DMARC-posten (tecken {position}: {shown}).",
             "Mottagare känner inte igen posten eller hoppar över en del av den. Förslaget kräver inget strängare än det som "
             "gäller i dag och behåller alla adresser för rapporter."},
            {dmarc_tag_twice, "\"{tag}\" står två gånger i DMARC-posten (tecken {position}).",
             "Enligt standarden (RFC 6376) är hela posten då ogiltig. Vissa mottagare, bland annat de som använder mox eller "
             "mailauth i strikt läge, gör som om det inte fanns någon; andra använder en av de två."},
            {dmarc_unusable, "DMARC-posten är ogiltig (\"{tag}\", tecken {position}).",
             "Mottagare gör som om det inte fanns någon."},
            {dmarc_tag_ignored, "En del av DMARC-posten är ogiltig (\"{tag}\", tecken {position}).",
             "Mottagare hoppar över denna del."},
            {dmarc_tag_obsolete, "DMARC-posten har en uppgift som inte längre betyder något ({tag}).",
             "Sedan RFC 9989 bortser mottagare från pct, rf och ri, och en policy gäller för all e-post. En policy som bara ska "
             "prövas märks med t=y."},
            {dmarc_softened,
             "DMARC-posten är märkt som test (t=y): mottagare tillämpar \"{policy}\" och inte den strängare policy som den "
             "anger.",
             "Mottagare som ännu följer den tidigare regeln (RFC 7489) känner inte till märket och tillämpar policyn fullt ut."},
            {dmarc_only_watches, "DMARC-policyn är \"none\": mottagare iakttar, men stoppar inte förfalskad e-post.",
             "När rapporterna visar att all domänens egen e-post godkänns skyddar \"quarantine\" eller \"reject\" mot "
             "förfalskningar."},
            {dmarc_no_reports, "DMARC-posten för {organisation} anger ingen e-postadress för rapporter (rua).",
             "Ingen får veta vem som skickar e-post som domänen."},
            {dmarc_aligned,
             "Avsändaradressen stämmer med domänen som det signeras för ({signing}) eller som studsar går till ({sender}).", ""},
            {dmarc_spf_alone, "Vår e-post klarar DMARC enbart genom SPF, eftersom den inte är signerad för {domain}.",
             "När sådan e-post vidarebefordras godkänns den inte längre av SPF, och mottagare tillämpar policyn \"{policy}\". En "
             "giltig DKIM-signatur förhindrar det."},
            {dmarc_not_aligned,
             "Avsändaradressen stämmer varken med domänen som det signeras för ({signing}) eller med den som studsar går till "
             "({sender}).",
             "Vår e-post klarar inte DMARC, och mottagare gör med den vad policyn säger."},
            {dmarc_refused,
             "Vår e-post kommer att avvisas: den klarar inte DMARC, och policyn för {organisation} är \"{policy}\". Den är "
             "signerad av {signing} i stället för {domain}, och SPF godkänner den inte för {sender}.",
             "Tills SPF eller DKIM är i ordning avvisar mottagare den e-post som vi skickar för domänen."},
            {dmarc_set_aside,
             "Vår e-post kommer att behandlas som skräppost: den klarar inte DMARC, och policyn för {organisation} är "
             "\"{policy}\". Den är signerad av {signing} i stället för {domain}, och SPF godkänner den inte för {sender}.",
             "Tills SPF eller DKIM är i ordning lägger mottagare den e-post som vi skickar för domänen i skräppostmappen."},
            {dmarc_unsigned,
             "Vår e-post skulle inte klara DMARC, där policyn för {organisation} är \"{policy}\": den kan inte signeras för "
             "{domain}, och SPF godkänner den inte för {sender}.",
             "Mottagare skulle avvisa den eller behandla den som skräppost. Den väntar hos oss tills domänen leder till vår "
             "nyckel."},
            {dmarc_older_none, "Mottagare som ännu följer den tidigare regeln (RFC 7489) hittar ingen DMARC-policy för domänen.",
             "Det kräver ingen åtgärd: mottagarna går efter hand över till den nuvarande regeln. En DMARC-post med samma policy "
             "på själva domänen skulle gälla för alla redan i dag."},
            {dmarc_older_other,
             "Mottagare som ännu följer den tidigare regeln (RFC 7489) går efter DMARC-posten för {organisation}, med policyn "
             "{policy}.",
             "Det kräver ingen åtgärd: mottagarna går efter hand över till den nuvarande regeln. En DMARC-post med samma policy "
             "på själva domänen skulle gälla för alla redan i dag."},
            {dmarc_older_aligned,
             "Enligt den tidigare regeln (RFC 7489) klarar vår e-post DMARC, enligt den nuvarande (RFC 9989) gör den det inte.",
             "I dag hör namn ihop bara om en DMARC-post ovanför dem förenar dem. Mottagarna går efter hand över till den "
             "nuvarande regeln."},
            {dmarc_older_not_aligned,
             "Enligt den nuvarande regeln (RFC 9989) klarar vår e-post DMARC, enligt den tidigare (RFC 7489) gör den det inte.",
             "Mottagare som ännu följer den tidigare regeln tillämpar domänens policy på vår e-post."},
            {dmarc_unknown, "DMARC kunde inte kontrolleras: DNS gav inget användbart svar ({why}).", silent_servers},
            {mx_fine, "Domänen kan ta emot e-post (MX).", ""},
            {mx_null, "Domänen säger att den inte tar emot e-post (null MX).",
             "Många mottagare avvisar e-post från en domän som man inte kan svara, och prenumeranters svar går förlorade."},
            {mx_missing, "Domänen har varken någon e-postserver (MX) eller någon adress.",
             "Många mottagare avvisar e-post från en domän som man inte kan svara, och prenumeranters svar går förlorade."},
            {mx_by_address, "Domänen har ingen MX-post; e-post till den går till domänens egen adress.",
             "Om ingen e-postserver svarar där går prenumeranters svar förlorade."},
            {mx_unresolved, "E-postservern {host} (MX) har ingen adress.",
             "E-post till domänen kan bli försenad eller gå förlorad."},
            {mx_unknown, "E-postservrarna (MX) kunde inte kontrolleras: DNS gav inget användbart svar ({why}).", silent_servers},
            {source_fine, "Vår adress {address} heter {host}, och namnet leder tillbaka till den.", ""},
            {source_without_name, "Vår adress {address} har inget namn i DNS (PTR).",
             "Gmail och Yahoo avvisar e-post från sådana adresser eller behandlar den som skräppost."},
            {source_not_confirmed, "Namnet {host} på vår adress {address} leder inte tillbaka till den.",
             "Gmail och Yahoo avvisar e-post från sådana adresser eller behandlar den som skräppost."},
            {source_unknown, "Vår adress {address} kunde inte kontrolleras: DNS gav inget användbart svar ({why}).",
             "Detta säger ingenting om själva adressen."},
            {sources_not_given, "Kontrollen känner inte till adresserna som vår e-post kommer från.",
             "Om de godkänns av SPF och har namn kunde inte undersökas."},
            {helo_unresolved, "Namnet {host}, som våra e-postservrar presenterar sig med, har ingen adress.",
             "Vissa mottagare litar mindre på sådana servrar."},
            {tls_report_fine, "Misslyckad kryptering rapporteras till domänen (TLS-RPT).", ""},
            {tls_report_missing, "Ingen är angiven för rapporter om e-post som inte kunde krypteras (TLS-RPT-post).",
             "Ingen får veta när e-post till domänen inte kunde krypteras. Vilken brevlåda som helst som blir läst kan anges i "
             "posten."},
            {tls_report_unusable, "TLS-RPT-posten är ogiltig (\"{tag}\", tecken {position}).", "Inga rapporter skickas."},
            {mta_sts_fine, "Det finns en MTA-STS-post.", ""},
            {mta_sts_missing, "Domänen kräver inte att e-post till den krypteras (MTA-STS-post).",
             "E-post till domänen kan skickas okrypterad om någon ingriper i förbindelsen. MTA-STS kräver också en policyfil på "
             "en webbserver och sätts därför upp tillsammans med e-postleverantören."},
            {mta_sts_unusable, "MTA-STS-posten är ogiltig (\"{tag}\", tecken {position}).", "Avsändare bortser från den."},
            {bimi_fine, "Det finns en BIMI-post.", ""},
            {bimi_missing, "Ingen logotyp är angiven för domänens e-post (BIMI-post).",
             "Brevlådor som stöder BIMI visar ingen logotyp bredvid e-posten."},
            {bimi_unusable, "BIMI-posten är ogiltig (\"{tag}\", tecken {position}).", "Ingen logotyp visas."},
            {bimi_needs_policy, "BIMI fungerar bara med DMARC-policyn \"quarantine\" eller \"reject\".", "Ingen logotyp visas."},
            {remark_unknown, "{name} kunde inte kontrolleras: DNS gav inget användbart svar ({why}).",
             "Utskicken av e-post beror inte på denna post."},
        }}};
    return words;
}

}  // namespace ilbud
