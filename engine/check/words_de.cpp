// German. Says "Sie"; "Eintrag" is a record. Behind a colon that opens a sentence German takes
// a capital, so the verdicts begin with one, unlike those of the other languages. Placeholders
// are those of words_en.cpp; a test compares them.
#include "domain_words.hpp"

namespace ilbud {

const DomainWords& german_domain_words() {
    using enum FindingCode;
    // Shared sentences; each is said once a report.
    static constexpr std::string_view unsigned_mail =
        "Beide CNAME-Einträge werden gebraucht: Der eine führt zu dem Schlüssel, der jetzt signiert, der andere zum nächsten, "
        "damit Schlüssel gewechselt werden können, ohne Sie zu bemühen. Unsignierte E-Mails werden häufiger als Spam behandelt.";
    static constexpr std::string_view ours_to_mend =
        "Bis wir das behoben haben, können E-Mails nicht im Namen der Domain signiert werden.";
    static constexpr std::string_view silent_servers =
        "Über die Einträge selbst sagt das nichts. Solange die Nameserver der Domain nicht antworten, können aber auch Empfänger "
        "ihre E-Mails zurückhalten.";
    static const DomainWords words{
        .title = "Prüfung der DNS-Einträge von {domain}",
        .opening =
            "Wir versenden E-Mails für {domain}, von {from}. Damit sie ankommen, muss das DNS der Domain uns als Absender "
            "nennen. Das haben wir dort gefunden:",
        .opening_no_address =
            "Wir versenden E-Mails für {domain}. Damit sie ankommen, muss das DNS der Domain uns als Absender nennen. Das haben "
            "wir dort gefunden:",
        .result = "Ergebnis:",
        // By DomainVerdict, each a whole sentence behind "Ergebnis:".
        .verdicts = {"Es fehlen Antworten des DNS, daher lässt sich nichts Sicheres sagen.",
                     "E-Mails von der Domain werden oft als Spam behandelt oder abgelehnt.",
                     "E-Mails können versandt werden. Die Signatur (DKIM) ist noch nicht vollständig eingerichtet.",
                     "E-Mails werden versandt und signiert. Es fehlt nur noch DMARC.", "Alles, was nötig ist, ist vorhanden."},
        .in_order = "in Ordnung",
        .to_change = "zu ändern",
        .with_us = "wir kümmern uns darum",
        .not_checked = "nicht prüfbar",
        .legend =
            "SPF nennt die Server, die für die Domain E-Mails versenden dürfen. Mit DKIM prüfen Empfänger anhand einer Signatur, "
            "ob eine E-Mail echt ist. DMARC sagt ihnen, was mit E-Mails geschehen soll, die keines von beiden bestehen. "
            "Empfänger sind die Mailserver, die E-Mails annehmen, etwa die von Gmail. Geändert wird dort, wo das DNS der Domain "
            "verwaltet wird, meist beim Webhoster oder bei der Firma, bei der die Domain registriert ist.",
        .changes = "Was zu ändern ist",
        .unanswered = "Was nicht geprüft werden konnte",
        .ours = "Worum wir uns selbst kümmern (Sie brauchen nichts zu tun)",
        .suggestions = "Vorschläge",
        .all_well = "Was in Ordnung ist",
        .providers = "Würden die E-Mails angenommen?",
        .domain = "Domain",
        .sources = "Unsere Mailserver",
        .extras = "Ergänzend",
        .found = "Gefunden wurde:",
        .publish = "Bitte legen Sie diesen Eintrag an:",
        .replace = "Bitte ersetzen Sie das Gefundene durch diesen Eintrag:",
        .replace_text =
            "Bitte ersetzen Sie das Gefundene durch diesen Eintrag; andere TXT-Einträge mit demselben Namen bleiben stehen:",
        .replace_alias = "Bitte löschen Sie das Gefundene und legen Sie stattdessen diesen Eintrag an:",
        .correct = "Bitte berichtigen Sie das im DNS der Domain.",
        .mended_by = "Was unter {numbers} angegeben ist, behebt das; lassen Sie die DMARC-Richtlinie, wie sie ist.",
        .same_record = "Der unter {number} angegebene Eintrag behebt auch das.",
        .bill = "So oft lässt jeder Teil sie fragen:",
        .take_out = "Es genügt zum Beispiel, {terms} zu entfernen, falls die Domain auf diesem Weg keine E-Mails mehr versendet.",
        .take_out_any = "Es hilft, Dienste zu entfernen, die keine E-Mails mehr für die Domain versenden.",
        .name = "Name:",
        .in_full = "(vollständig: {name})",
        .type = "Typ:",
        .ttl = "TTL:",
        .value = "Wert:",
        .zone_line = "Dasselbe für eine Zonendatei:",
        .passes = "ja",
        .passes_small = "ja, in kleiner Zahl. Für mehr als etwa 5.000 E-Mails am Tag fehlt: {rules}",
        .fails = "nein. Es fehlt: {rules}",
        .undecided = "nicht zu entscheiden. Unbekannt: {rules}",
        // By SenderRule: "es fehlt: …" takes them as they are, with the article where German needs one.
        .rules = {"SPF oder DKIM", "SPF", "DKIM", "DMARC", "eine Absenderadresse, die zu SPF oder DKIM passt",
                  "Namen für die Adressen unserer Mailserver", "Verschlüsselung (TLS)", "Abmeldung mit einem Klick",
                  "eine DKIM-Signatur, die zur Absenderadresse passt", "ein SOA-Eintrag der Domain",
                  "eine Absenderadresse, der man antworten kann (MX)"},
        .closing =
            "Änderungen sind überall sichtbar, sobald die TTL der alten Einträge abgelaufen ist, in der Regel nach einer Stunde "
            "bis zu einem Tag. Vielen Dank für Ihre Hilfe.",
        // By DnsFailure; each stands in parentheses.
        .failures = {"ohne Angabe eines Grundes", "es kam rechtzeitig keine Antwort",
                     "der Nameserver antwortet mit dem Fehler {code}", "die Signatur der Antwort (DNSSEC) ist nicht gültig",
                     "CNAME-Einträge führen im Kreis, oder es sind zu viele", "die Antwort war nicht lesbar",
                     "die Prüfung darf keine weiteren Fragen stellen"},
        // By SpfCause::Kind; each is a sentence.
        .causes =
            {"Der Grund ist nicht bekannt.",
             "Den Ausschlag gibt \"{term}\" im Eintrag von {record}.",
             "Nichts im Eintrag von {record} nennt diese Adresse.",
             "Den Eintrag zu lesen darf höchstens {most} Fragen an das DNS kosten; bei \"{term}\" im Eintrag von {record} werden "
             "es mehr.",
             "Den Eintrag zu lesen kostet {count} Fragen an das DNS; höchstens {most} sind erlaubt.",
             "\"{term}\" im Eintrag von {record} findet im DNS nichts; mehr als {most} solche Teile sind nicht erlaubt.",
             "{count} Teile des Eintrags finden im DNS nichts; höchstens {most} sind erlaubt.",
             "{name} hat {count} Mailserver (MX); bei \"{term}\" sehen Empfänger höchstens {most} an.",
             "Das DNS gibt zu {name} keine brauchbare Antwort ({failure}).",
             "{name} ist keine IP-Adresse.",
             "{name} kann kein Domainname sein.",
             "Den Namen {name} gibt es nicht.",
             "{name} hat keinen SPF-Eintrag.",
             "{record} hat {count} SPF-Einträge; nur einer ist erlaubt.",
             "Der Eintrag von {record} hat {count} Zeichen; Empfänger lesen höchstens {most}.",
             "\"{term}\" im Eintrag von {record} enthält ein Zeichen, das dort nicht stehen darf (Zeichen {at}).",
             "\"{term}\" im Eintrag von {record} ist nichts, was SPF kennt (Zeichen {at}).",
             "\"{term}\" im Eintrag von {record} steht dort ein zweites Mal (Zeichen {at}).",
             "In \"{term}\" im Eintrag von {record} darf ohne Leerzeichen nichts auf \"all\" folgen (Zeichen {at}).",
             "In \"{term}\" im Eintrag von {record} fehlt der Domainname oder ist falsch (Zeichen {at}).",
             "In \"{term}\" im Eintrag von {record} muss die Zahl hinter dem Schrägstrich von 0 bis {most} sein (Zeichen {at}).",
             "In \"{term}\" im Eintrag von {record} fehlt die IP-Adresse oder ist falsch (Zeichen {at}).",
             "In \"{term}\" im Eintrag von {record} ist ein Teil mit \"%\" falsch (Zeichen {at}).",
             "\"{term}\" im Eintrag von {record} führt zum Ausgangspunkt zurück und damit im Kreis.",
             "Er bindet mehr als {most} andere Einträge ein."},
        .led_by = "\"{term}\" im Eintrag von {record} führt dorthin.",
        // In the order of FindingCode and indexed by it.
        .findings = {{
            {domain_missing, "Die Domain {domain} gibt es im DNS nicht.",
             "Empfänger lehnen E-Mails von einer Domain ab, die es nicht gibt. Bitte prüfen Sie die Schreibweise und ob die "
             "Domain registriert und bezahlt ist."},
            {spf_fine, "Der SPF-Eintrag nennt uns als Absender (include:{include}).", ""},
            {spf_older_include,
             "Der SPF-Eintrag nennt uns als Absender mit einem unserer älteren Namen (include:{include}); der jetzige ist "
             "{recommended}.",
             "Der ältere Name gilt noch. Wird er eines Tages zurückgezogen, erkennen Empfänger uns nicht mehr als Absender an."},
            {spf_through_includes, "Der SPF-Eintrag nennt uns als Absender auf dem Weg über {via} (include:{include}).", ""},
            {spf_by_address, "Der SPF-Eintrag lässt unsere Adressen bestehen, aber ohne den Namen {recommended}.",
             "Ändern sich unsere Adressen, muss auch der Eintrag geändert werden. Mit dem Namen darin geschieht das von selbst."},
            {spf_missing, "Die Domain hat keinen SPF-Eintrag.",
             "Empfänger können nicht sehen, dass wir für die Domain senden dürfen, und behandeln die E-Mails oft als Spam oder "
             "lehnen sie ab. "
             "Wenn auch andere für die Domain senden, etwa ein Newsletter-Dienst, müssen sie im selben Eintrag stehen."},
            {spf_unrecognised, "Ein TXT-Eintrag der Domain ist als SPF gemeint, aber Empfänger erkennen ihn nicht als solchen.",
             "Empfänger können nicht sehen, dass wir für die Domain senden dürfen, und behandeln die E-Mails oft als Spam oder "
             "lehnen sie ab. Der Eintrag muss mit v=spf1 und einem Leerzeichen beginnen, ohne eigene Anführungszeichen."},
            {spf_several, "Die Domain hat {count} SPF-Einträge. Nur einer ist erlaubt.",
             "Empfänger werten alle als ungültig und behandeln die E-Mails oft als Spam. Sie müssen zu einem werden."},
            {spf_include_missing, "Der SPF-Eintrag nennt uns nicht als Absender (include:{recommended} fehlt).",
             "Empfänger können nicht sehen, dass wir für die Domain senden dürfen, und behandeln die E-Mails oft als Spam oder "
             "lehnen sie ab."},
            {spf_include_not_counted, "Der SPF-Eintrag nennt {include}, aber so, dass keine unserer E-Mails besteht ({term}).",
             "Ein Name zählt nur ohne Zeichen oder mit \"+\" und nur vor \"all\". Empfänger behandeln unsere E-Mails oft als "
             "Spam oder lehnen sie ab."},
            {spf_invalid, "Der SPF-Eintrag ist ungültig. {why}",
             "Empfänger werten einen ungültigen Eintrag als Fehler, und zwar für alle E-Mails der Domain."},
            {spf_too_many_lookups,
             "Um den SPF-Eintrag zu lesen, müssen Empfänger das DNS {count}-mal fragen. Erlaubt ist das höchstens {most}-mal.",
             "Empfänger werten den Eintrag als ungültig. {help}"},
            {spf_no_room,
             "Mit einem SPF-Eintrag aus allen heutigen Teilen und unserem Namen müssten Empfänger das DNS {count}-mal fragen. "
             "Erlaubt ist das höchstens {most}-mal.",
             "Empfänger würden einen solchen Eintrag als ungültig werten, daher lässt sich keiner vorschlagen. {help}"},
            {spf_near_lookup_limit,
             "Mit unserem Namen darin müssen Empfänger das DNS {count}-mal fragen, um den SPF-Eintrag zu lesen. Erlaubt ist das "
             "höchstens {most}-mal.",
             "Sind es mehr, werten Empfänger den Eintrag als ungültig; die Zahl kann auch in Einträgen wachsen, auf die er "
             "verweist. Es hilft, Dienste zu entfernen, die nicht mehr für die Domain senden."},
            {spf_too_many_voids,
             "{count} Teile des SPF-Eintrags nennen etwas, das es im DNS nicht gibt. Höchstens {most} solche Teile sind erlaubt.",
             "Empfänger werten den Eintrag als ungültig. Es hilft, Namen zu entfernen, die es nicht mehr gibt."},
            {spf_permits_all, "Der SPF-Eintrag lässt jeden im Namen der Domain senden ({term}).",
             "Jeder kann E-Mails der Domain fälschen, und Empfänger vertrauen auch ihren echten E-Mails weniger."},
            {spf_permits_half, "Der SPF-Eintrag lässt die Hälfte aller Adressen im Internet im Namen der Domain senden ({term}).",
             "Sehr viele können E-Mails der Domain fälschen, und Empfänger vertrauen auch ihren echten E-Mails weniger."},
            {spf_neutral_end,
             "Der SPF-Eintrag sagt nicht, dass andere nicht im Namen der Domain senden dürfen (er endet mit ?all oder ohne all).",
             "Gefälschte E-Mails der Domain kommen leichter durch."},
            {spf_terms_left_out, "Der vorgeschlagene SPF-Eintrag lässt {terms} weg.",
             "Zurzeit darf durch diese Teile niemand senden, und mit ihnen ist der Eintrag ungültig oder lässt Empfänger das DNS "
             "zu oft fragen."},
            {spf_terms_idle, "Diese Teile des SPF-Eintrags zählen nicht: {terms}.",
             "Sie sind falsch geschrieben oder stehen hinter \"all\" oder daneben. Die Server, für die sie gedacht waren, dürfen "
             "nicht "
             "senden."},
            {spf_terms_guessed, "Teile des SPF-Eintrags können verschieden gemeint sein. Wir lesen sie so: {terms}.",
             "Bitte prüfen Sie diese Adressen und Namen, bevor Sie den Eintrag veröffentlichen."},
            {spf_source_passes, "E-Mails von unserer Adresse {address} bestehen SPF.", ""},
            {spf_partial, "E-Mails von unserer Adresse {address} bestehen SPF nicht. {why}",
             "Empfänger behandeln E-Mails von dieser Adresse oft als Spam oder lehnen sie ab."},
            // Like every …_unknown, this speaks of the name servers and not of the record (S43).
            {spf_unknown, "SPF konnte nicht geprüft werden. {why}", silent_servers},
            {dkim_ready, "{name} führt zu dem Schlüssel, der die E-Mails signiert.", ""},
            {dkim_idle, "{name} führt zu {target}. Dort ist zurzeit kein Schlüssel in Gebrauch, und so soll es sein.", ""},
            {dkim_alias_missing, "Der CNAME-Eintrag {name} fehlt.", unsigned_mail},
            {dkim_alias_wrong, "Der CNAME-Eintrag {name} führt nicht zu {target}.", unsigned_mail},
            {dkim_alias_extended,
             "Der CNAME-Eintrag {name} führt zu {target} mit einem angehängten weiteren Namen. Oft fehlt am Ende des Werts ein "
             "Punkt.",
             unsigned_mail},
            {dkim_alias_misplaced, "Der Eintrag für {name} steht unter {misplaced}, mit dem doppelten Namen der Domain.",
             "Viele Webformulare fügen die Domain selbst an; dann ist nur der Teil davor einzugeben. So, wie es jetzt ist, "
             "finden Empfänger den Eintrag nicht."},
            {dkim_key_copied, "Unter {name} steht ein TXT-Eintrag, wo ein CNAME-Eintrag stehen sollte.",
             "Ein kopierter Schlüssel passt nicht mehr, wenn wir Schlüssel wechseln, und die Signaturen sind dann ungültig."},
            {dkim_alias_as_text, "Unter {name} steht ein TXT-Eintrag, wo ein CNAME-Eintrag zu {target} stehen sollte.",
             unsigned_mail},
            {dkim_alias_as_other, "Unter {name} steht ein anderer Eintrag, wo ein CNAME-Eintrag zu {target} stehen sollte.",
             unsigned_mail},
            // A key stands at our own target, so what is said of it asks the reader for nothing.
            {dkim_key_missing, "Unter {target} steht kein Schlüssel.", ours_to_mend},
            {dkim_key_other, "Unter {target} steht ein anderer Schlüssel als der, der signiert.", ours_to_mend},
            {dkim_key_revoked, "Der Schlüssel unter {target} ist zurückgezogen.", ours_to_mend},
            {dkim_key_unusable, "Der Schlüssel unter {target} ist für Empfänger nicht brauchbar.", ours_to_mend},
            {dkim_key_doubled_tag, "Der Schlüsseleintrag unter {target} nennt \"{tag}\" zweimal.",
             "RFC 6376 nennt einen solchen Eintrag ungültig. Manche Empfänger (etwa solche, die mit dkimpy prüfen) halten die "
             "E-Mail für unsigniert."},
            {dkim_key_several, "Unter {target} stehen mehrere Einträge; Empfänger erwarten einen.", ours_to_mend},
            {dkim_key_testing, "Der Schlüssel unter {target} ist als Test gekennzeichnet (t=y).",
             "Empfänger dürfen Signaturen mit einem Testschlüssel übergehen."},
            {dkim_unknown, "{name} konnte nicht geprüft werden: Das DNS gab keine brauchbare Antwort ({why}).", silent_servers},
            {dmarc_fine, "Es gibt einen DMARC-Eintrag mit der Richtlinie {policy}.", ""},
            {dmarc_inherited,
             "Die Domain hat keinen eigenen DMARC-Eintrag und braucht keinen: Der von {organisation} gilt auch hier, mit der "
             "Richtlinie {policy}.",
             ""},
            {dmarc_inherited_meanwhile,
             "Bis das behoben ist, gilt hier der DMARC-Eintrag von {organisation}, mit der Richtlinie {policy}; dabei bleibt der "
             "Vorschlag.",
             ""},
            {dmarc_missing, "Die Domain hat keinen DMARC-Eintrag.",
             "Gmail, Yahoo und Outlook.com verlangen einen von allen, die viele E-Mails versenden, und lehnen E-Mails ohne ihn "
             "ab. Die Richtlinie \"none\" ändert nichts an der Zustellung anderer E-Mails."},
            {dmarc_misplaced, "Ein DMARC-Eintrag steht unter {misplaced}, mit dem doppelten Namen der Domain.",
             "Viele Webformulare fügen die Domain selbst an; dann ist nur der Teil davor einzugeben. So, wie es jetzt ist, "
             "finden Empfänger den Eintrag nicht. Der Vorschlag verlangt nichts Strengeres, als heute gilt, und behält alle "
             "Adressen für Berichte bei."},
            {dmarc_at_domain, "Ein DMARC-Eintrag steht unter {domain} selbst; er gehört unter _dmarc.{domain}.",
             "Empfänger suchen ihn nirgends sonst. Der Vorschlag verlangt nichts Strengeres, als heute gilt, und behält alle "
             "Adressen für Berichte bei."},
            {dmarc_several, "Die Domain hat {count} DMARC-Einträge. Nur einer ist erlaubt.",
             "Empfänger tun so, als gäbe es keinen. Der Vorschlag verlangt nichts Strengeres, als heute gilt, und behält alle "
             "Adressen für Berichte bei."},
            {dmarc_version_wrong,
             "Der DMARC-Eintrag beginnt mit \"{shown}\". Er muss mit v=DMARC1 beginnen, genau so geschrieben.",
             "Empfänger erkennen den Eintrag nicht und tun so, als gäbe es keinen. Der Vorschlag verlangt nichts Strengeres, als "
             "heute gilt, und behält alle Adressen für Berichte bei."},
            {dmarc_version_missing, "Der DMARC-Eintrag beginnt nicht mit v=DMARC1 (er beginnt mit \"{shown}\").",
             "Empfänger erkennen den Eintrag nicht und tun so, als gäbe es keinen. Der Vorschlag verlangt nichts Strengeres, als "
             "heute gilt, und behält alle Adressen für Berichte bei."},
            {dmarc_separator_wrong,
             "Die Teile des DMARC-Eintrags sind nicht durch Semikolons getrennt (\"{shown}\", Zeichen {position}).",
             "Empfänger erkennen den Eintrag nicht oder übergehen einen Teil davon. Der Vorschlag verlangt nichts Strengeres, "
             "als heute gilt, und behält alle Adressen für Berichte bei."},
            {dmarc_quoted,
             "In den DMARC-Eintrag sind Anführungszeichen oder umgekehrte Schrägstriche geraten (Zeichen {position}: {shown}).",
             "Empfänger erkennen den Eintrag nicht oder übergehen einen Teil davon. Der Vorschlag verlangt nichts Strengeres, "
             "als heute gilt, und behält alle Adressen für Berichte bei."},
            {dmarc_tag_twice, "\"{tag}\" steht zweimal im DMARC-Eintrag (Zeichen {position}).",
             "Nach dem Standard (RFC 6376) ist dann der ganze Eintrag ungültig. Manche Empfänger, darunter solche mit mox oder "
             "mailauth im strengen Modus, tun so, als gäbe es keinen; andere nehmen eine der beiden Angaben."},
            {dmarc_unusable, "Der DMARC-Eintrag ist ungültig (\"{tag}\", Zeichen {position}).",
             "Empfänger tun so, als gäbe es keinen."},
            {dmarc_tag_ignored, "Ein Teil des DMARC-Eintrags ist ungültig (\"{tag}\", Zeichen {position}).",
             "Empfänger übergehen diesen Teil."},
            {dmarc_tag_obsolete, "Der DMARC-Eintrag enthält eine Angabe, die nichts mehr bedeutet ({tag}).",
             "Seit RFC 9989 übergehen Empfänger pct, rf und ri, und eine Richtlinie gilt für alle E-Mails. Eine Richtlinie, die "
             "nur erprobt werden soll, wird mit t=y gekennzeichnet."},
            {dmarc_softened,
             "Der DMARC-Eintrag ist als Test gekennzeichnet (t=y): Empfänger wenden \"{policy}\" an und nicht die strengere "
             "Richtlinie, die er nennt.",
             "Empfänger, die noch der früheren Regel folgen (RFC 7489), kennen dieses Zeichen nicht und wenden die Richtlinie "
             "voll an."},
            {dmarc_only_watches,
             "Die DMARC-Richtlinie ist \"none\": Empfänger beobachten, halten gefälschte E-Mails aber nicht auf.",
             "Sobald die Berichte zeigen, dass alle eigenen E-Mails der Domain bestehen, schützt \"quarantine\" oder \"reject\" "
             "vor Fälschungen."},
            {dmarc_no_reports, "Der DMARC-Eintrag von {organisation} nennt keine E-Mail-Adresse für Berichte (rua).",
             "Niemand erfährt, wer im Namen der Domain E-Mails versendet."},
            {dmarc_aligned,
             "Die Absenderadresse passt zu der Domain, für die signiert wird ({signing}) oder an die Rückläufer gehen "
             "({sender}).",
             ""},
            {dmarc_spf_alone,
             "Unsere E-Mails bestehen DMARC allein durch SPF, weil sie nicht im Namen von {domain} signiert sind.",
             "Werden solche E-Mails weitergeleitet, bestehen sie SPF nicht mehr, und Empfänger wenden die Richtlinie "
             "\"{policy}\" an. Eine gültige DKIM-Signatur verhindert das."},
            {dmarc_not_aligned,
             "Die Absenderadresse passt weder zu der Domain, für die signiert wird ({signing}), noch zu der, an die Rückläufer "
             "gehen ({sender}).",
             "Unsere E-Mails bestehen DMARC nicht, und Empfänger verfahren mit ihnen nach der Richtlinie."},
            {dmarc_refused,
             "Unsere E-Mails werden abgelehnt: Sie bestehen DMARC nicht, und die Richtlinie von {organisation} ist \"{policy}\". "
             "Sie sind von {signing} statt von {domain} signiert, und SPF schlägt für {sender} fehl.",
             "Bis SPF oder DKIM in Ordnung ist, lehnen Empfänger die E-Mails ab, die wir für die Domain versenden."},
            {dmarc_set_aside,
             "Unsere E-Mails werden als Spam behandelt: Sie bestehen DMARC nicht, und die Richtlinie von {organisation} ist "
             "\"{policy}\". Sie sind von {signing} statt von {domain} signiert, und SPF schlägt für {sender} fehl.",
             "Bis SPF oder DKIM in Ordnung ist, legen Empfänger die E-Mails, die wir für die Domain versenden, in den "
             "Spam-Ordner."},
            {dmarc_unsigned,
             "Unsere E-Mails würden DMARC nicht bestehen, bei der Richtlinie \"{policy}\" von {organisation}: Sie können nicht "
             "im Namen von {domain} signiert werden, und SPF schlägt für {sender} fehl.",
             "Empfänger würden sie ablehnen oder als Spam behandeln. Sie warten bei uns, bis die Domain zu unserem Schlüssel "
             "führt."},
            {dmarc_older_none,
             "Empfänger, die noch der früheren Regel folgen (RFC 7489), finden für die Domain keine DMARC-Richtlinie.",
             "Dafür ist nichts zu tun: Die Empfänger gehen nach und nach zur heutigen Regel über. Ein DMARC-Eintrag mit "
             "derselben Richtlinie bei der Domain selbst würde schon heute für alle gelten."},
            {dmarc_older_other,
             "Empfänger, die noch der früheren Regel folgen (RFC 7489), richten sich nach dem DMARC-Eintrag von {organisation} "
             "mit der Richtlinie {policy}.",
             "Dafür ist nichts zu tun: Die Empfänger gehen nach und nach zur heutigen Regel über. Ein DMARC-Eintrag mit "
             "derselben Richtlinie bei der Domain selbst würde schon heute für alle gelten."},
            {dmarc_older_aligned,
             "Nach der früheren Regel (RFC 7489) bestehen unsere E-Mails DMARC, nach der heutigen (RFC 9989) nicht.",
             "Heute gehören Namen nur zusammen, wenn ein DMARC-Eintrag über ihnen sie verbindet. Die Empfänger gehen nach und "
             "nach zur heutigen Regel über."},
            {dmarc_older_not_aligned,
             "Nach der heutigen Regel (RFC 9989) bestehen unsere E-Mails DMARC, nach der früheren (RFC 7489) nicht.",
             "Empfänger, die noch der früheren Regel folgen, wenden die Richtlinie der Domain auf unsere E-Mails an."},
            {dmarc_unknown, "DMARC konnte nicht geprüft werden: Das DNS gab keine brauchbare Antwort ({why}).", silent_servers},
            {mx_fine, "Die Domain kann E-Mails empfangen (MX).", ""},
            {mx_null, "Die Domain erklärt, dass sie keine E-Mails empfängt (null MX).",
             "Viele Empfänger lehnen E-Mails von einer Domain ab, der man nicht antworten kann, und Antworten von Abonnenten "
             "gehen verloren."},
            {mx_missing, "Die Domain hat weder einen Mailserver (MX) noch eine eigene Adresse.",
             "Viele Empfänger lehnen E-Mails von einer Domain ab, der man nicht antworten kann, und Antworten von Abonnenten "
             "gehen verloren."},
            {mx_by_address, "Die Domain hat keinen MX-Eintrag; E-Mails an sie gehen an die Adresse der Domain selbst.",
             "Antwortet dort kein Mailserver, gehen Antworten von Abonnenten verloren."},
            {mx_unresolved, "Der Mailserver {host} (MX) hat keine Adresse.",
             "E-Mails an die Domain können sich verzögern oder verloren gehen."},
            {mx_unknown, "Die Mailserver (MX) konnten nicht geprüft werden: Das DNS gab keine brauchbare Antwort ({why}).",
             silent_servers},
            {source_fine, "Unsere Adresse {address} heißt {host}, und der Name führt zu ihr zurück.", ""},
            {source_without_name, "Unsere Adresse {address} hat im DNS keinen Namen (PTR).",
             "Gmail und Yahoo lehnen E-Mails von solchen Adressen ab oder behandeln sie als Spam."},
            {source_not_confirmed, "Der Name {host} unserer Adresse {address} führt nicht zu ihr zurück.",
             "Gmail und Yahoo lehnen E-Mails von solchen Adressen ab oder behandeln sie als Spam."},
            {source_unknown,
             "Unsere Adresse {address} konnte nicht geprüft werden: Das DNS gab keine brauchbare Antwort ({why}).",
             "Über die Adresse selbst sagt das nichts."},
            {sources_not_given, "Die Prüfung kennt die Adressen nicht, von denen unsere E-Mails kommen.",
             "Ob sie SPF bestehen und Namen haben, ließ sich nicht untersuchen."},
            {helo_unresolved, "Der Name {host}, mit dem unsere Mailserver sich melden, hat keine Adresse.",
             "Manche Empfänger vertrauen solchen Servern weniger."},
            {tls_report_fine, "Misslungene Verschlüsselung wird der Domain gemeldet (TLS-RPT).", ""},
            {tls_report_missing,
             "Für Berichte über E-Mails, die nicht verschlüsselt werden konnten, ist niemand genannt (TLS-RPT-Eintrag).",
             "Niemand erfährt, wenn E-Mails an die Domain nicht verschlüsselt werden konnten. Im Eintrag kann jedes Postfach "
             "stehen, das gelesen wird."},
            {tls_report_unusable, "Der TLS-RPT-Eintrag ist ungültig (\"{tag}\", Zeichen {position}).",
             "Es werden keine Berichte gesandt."},
            {mta_sts_fine, "Es gibt einen MTA-STS-Eintrag.", ""},
            {mta_sts_missing, "Die Domain verlangt nicht, dass E-Mails an sie verschlüsselt werden (MTA-STS-Eintrag).",
             "E-Mails an die Domain können unverschlüsselt übertragen werden, wenn jemand in die Verbindung eingreift. MTA-STS "
             "braucht außerdem eine Richtliniendatei auf einem Webserver und wird daher zusammen mit dem E-Mail-Anbieter "
             "eingerichtet."},
            {mta_sts_unusable, "Der MTA-STS-Eintrag ist ungültig (\"{tag}\", Zeichen {position}).",
             "Sendende Server übergehen ihn."},
            {bimi_fine, "Es gibt einen BIMI-Eintrag.", ""},
            {bimi_missing, "Für die E-Mails der Domain ist kein Logo genannt (BIMI-Eintrag).",
             "Postfächer, die BIMI unterstützen, zeigen neben den E-Mails kein Logo."},
            {bimi_unusable, "Der BIMI-Eintrag ist ungültig (\"{tag}\", Zeichen {position}).", "Es wird kein Logo gezeigt."},
            {bimi_needs_policy, "BIMI wirkt nur mit der DMARC-Richtlinie \"quarantine\" oder \"reject\".",
             "Es wird kein Logo gezeigt."},
            {remark_unknown, "{name} konnte nicht geprüft werden: Das DNS gab keine brauchbare Antwort ({why}).",
             "Der Versand von E-Mails hängt von diesem Eintrag nicht ab."},
        }}};
    return words;
}

}  // namespace ilbud
