using System.Collections.Concurrent;
using System.Globalization;
using HandlebarsDotNet;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Notices.Letters;
using OrderToCash.Collections.Notices.Messages;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.Documents;
using OrderToCash.Kernel;

namespace OrderToCash.Collections.Notices.Mail;

/// <summary>
/// Writes notices as mails and as letters. The playbook's wording is filled in as plain text; only then does it become
/// part of the HTML layout, which escapes everything it is given. So neither a customer's name nor a playbook can put
/// markup into either.
/// </summary>
public sealed class NoticeWriter
{
    private readonly IHandlebars _plain = Handlebars.Create(new HandlebarsConfiguration
    {
        NoEscape = true,
        ThrowOnUnresolvedBindingExpression = true,
    });

    /// <summary>A text in a list names this many; all of them are on the notice.</summary>
    private const int MostItemsInText = 5;

    /// <summary>Compiling costs milliseconds; the wordings in use are few.</summary>
    private readonly ConcurrentDictionary<string, HandlebarsTemplate<object, object>> _wordings =
        new(StringComparer.Ordinal);

    private readonly HandlebarsTemplate<object, object> _text;
    private readonly HandlebarsTemplate<object, object> _html;
    private readonly HtmlTemplate<LetterPage> _letter = new(typeof(NoticeWriter).Assembly, "letter.html.hbs");

    /// <summary>Reads the layouts.</summary>
    public NoticeWriter()
    {
        _text = _plain.Compile(Layout("notice.txt.hbs"));
        _html = Handlebars.Create(new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true })
            .Compile(Layout("notice.html.hbs"));
    }

    /// <summary>
    /// The mail of a planned notice, in the language of whoever reads it, else the customer's, else, where the step has
    /// neither, in English.
    /// </summary>
    /// <param name="notice">What it asks for.</param>
    /// <param name="noticeId">The notice: the Message-ID, with the recipient, and the reference are made of it.</param>
    /// <param name="entityName">Who writes.</param>
    /// <param name="messageDomain">What Message-IDs end in.</param>
    /// <param name="date">The day of the notice in the entity's calendar.</param>
    /// <param name="letterhead">Says how to pay; null where the entity has laid down nothing.</param>
    /// <param name="optOut">The link by which the recipient opts out of mails; null where mails carry none.</param>
    /// <param name="country">Of the entity, ISO 3166 alpha-2: it says what kind of code its bank has.</param>
    public NoticeMail Write(
        PlannedNotice notice, Guid noticeId, string entityName, string messageDomain, DateOnly date,
        LetterheadDefined? letterhead = null, string? optOut = null, string? country = null)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (notice.Customer.Recipient is not { Name: var name, Email: { } email })
            throw new ArgumentException("A notice that mail reaches nobody with is none.", nameof(notice));
        var words = Say(notice, entityName, date, letterhead?.ContactName);
        var (language, written) = (words.Language, words.Language.Written);
        var body = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["contact"] = name,
            ["entity"] = entityName,
            ["language"] = written.Code,
            ["labels"] = language.Labels,
            ["subject"] = words.Subject,
            ["opening"] = words.Opening,
            ["closing"] = words.Closing,
            ["items"] = notice.Items.Select(item => Line(item, language)).ToArray(),
            ["totals"] = notice.Totals.Select(written.Amount).ToArray(),
            ["deductions"] = notice.Deductions.Select(one => Line(one, language)).ToArray(),
            ["asked"] = notice.Deductions.Count == 0 ? [] : notice.Asked.Select(written.Amount).ToArray(),
            ["facts"] = Facts(notice, noticeId, letterhead, country, written.Code),
            ["alsoOpenTitle"] = notice.AlsoOpen.Count == 0 ? "" : language.AlsoOpen(written.Date(date)),
            ["alsoOpen"] = notice.AlsoOpen.Select(item => Line(item, language))
                .Concat(notice.AlsoOpenRest.Select(rest => Line(rest, language))).ToArray(),
            ["fee"] = notice.Fee is { } fee ? language.Fee(written.Amount(fee)) : "",
            ["signature"] = new[] { letterhead?.ContactName, letterhead?.Phone, letterhead?.Email }
                .OfType<string>().ToArray(),
            ["optOut"] = optOut ?? "",
            ["optOutLabel"] = language.OptOut.Footer,
        };
        return new NoticeMail(
            $"<{noticeId:N}.{Mark(email)}@{messageDomain}>", email, OutgoingMail.OneLine(name),
            OutgoingMail.OneLine(entityName), written.Code, words.Subject, _text(body), _html(body), optOut,
            letterhead?.Email);
    }

    /// <summary>
    /// The same for somebody else at the customer, in their language; its subject says that it is a copy. Its
    /// Message-ID is another than that of the notice itself, which may go to the same reader later that day.
    /// </summary>
    public NoticeMail WriteCopy(
        PlannedNotice notice, Recipient reader, Guid noticeId, string entityName, string messageDomain, DateOnly date,
        LetterSender sender, string? optOut)
    {
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(sender);
        var mail = Write(
            notice with { Customer = notice.Customer with { Recipient = reader } }, noticeId, entityName, messageDomain,
            date, sender.Letterhead, optOut, sender.Country);
        var labels = MailLanguage.Of(mail.Language).Labels;
        return mail with
        {
            MessageId = $"<{noticeId:N}.{Mark(mail.To)}.copy@{messageDomain}>",
            Subject = $"{labels.Copy}{labels.Colon} {mail.Subject}",
        };
    }

    /// <summary>The same notice as a letter.</summary>
    public NoticeLetter WriteLetter(PlannedNotice notice, Guid noticeId, LetterSender sender, DateOnly date)
    {
        ArgumentNullException.ThrowIfNull(notice);
        ArgumentNullException.ThrowIfNull(sender);
        var words = Say(notice, sender.Name, date, sender.Letterhead?.ContactName);
        var page = LetterPage.Of(notice, words, sender, Reference(noticeId), date);
        return new NoticeLetter(words.Language.Written.Code, words.Subject, page.To, _letter.Fill(page));
    }

    /// <summary>
    /// The message of a planned notice, in the language of its reader, else the customer's. What it says fits, by what
    /// <see cref="MessageSteps"/> has let its step say; where it does not, as with amounts of many currencies, nothing
    /// is cut from what is asked for, and nothing is written. Written anew it has another key: a provider that has had
    /// it before, and could not deliver it, would take the same key for the same message.
    /// </summary>
    /// <exception cref="MessageTooLongException">It does not fit.</exception>
    public NoticeMessage WriteMessage(
        PlannedNotice notice, Guid noticeId, string entityName, DateOnly date, LetterheadDefined? letterhead = null)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (notice.Customer.Readers?.GetValueOrDefault(notice.Channel) is not { } reader)
            throw new ArgumentException("A notice that messages reach nobody with is none.", nameof(notice));
        var collector = letterhead?.ContactName is { } name ? MessageSteps.Shorten(name) : null;
        var words = Say(
            notice with
            {
                Customer = notice.Customer with
                {
                    Name = MessageSteps.Shorten(notice.Customer.Name),
                    Recipient = new Recipient(MessageSteps.Shorten(reader.Name), null, reader.Language),
                },
            },
            MessageSteps.Shorten(entityName), date, collector);
        var language = words.Language.Written.Code;
        string[] stop = notice.Channel == NoticeChannel.Portal ? [] : [StopWords.Of(language)];

        // A space that no line ends at is none of the signs of a text message, and would make it twice as long.
        var text = string.Join('\n', [.. words.Opening, .. words.Closing, .. stop])
            .Replace('\u00A0', ' ').Replace('’', '\'');
        if (text.Length > MessageSteps.MostOf(notice.Channel))
            throw new MessageTooLongException(text.Length, MessageSteps.MostOf(notice.Channel));
        var writing = notice.Customer.NoticeVersion.ToString("D", CultureInfo.InvariantCulture);
        return new NoticeMessage(
            $"{noticeId:N}.{Ids.From("message", reader.Address, text, writing):N}", reader.Address,
            OutgoingMail.OneLine(reader.Name), OutgoingMail.OneLine(entityName), language, words.Subject, text);
    }

    /// <summary>What is to be done where nothing is written, in English: the step's subject and the items.</summary>
    public string WriteWork(PlannedNotice notice, string entityName, DateOnly date)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var words = Say(
            notice with
            {
                Customer = notice.Customer with
                {
                    Language = PlaybookDecider.FallbackLanguage,
                    Recipient = notice.Customer.Recipient is { } reader ? reader with { Language = null } : null,
                },
            },
            entityName, date, null);
        var items = string.Join(", ", notice.Items.Take(MostItemsInText).Select(item =>
            FormattableString.Invariant($"{item.InvoiceNumber} ({item.DaysOverdue} days, {item.Balance})")));
        var more = notice.Items.Count > MostItemsInText
            ? FormattableString.Invariant($" and {notice.Items.Count - MostItemsInText} more")
            : "";
        return $"{words.Subject}: {items}{more}.";
    }

    /// <summary>What the step says to this customer, and whoever reads it there.</summary>
    private NoticeWords Say(PlannedNotice notice, string entityName, DateOnly date, string? collector)
    {
        string?[] wished = [notice.Customer.Recipient?.Language, notice.Customer.Language];
        var language = MailLanguage.Of(
            Array.Find(wished, code => code is not null && notice.Step.Wording.ContainsKey(code))
            ?? PlaybookDecider.FallbackLanguage);
        var wording = notice.Step.Wording[language.Written.Code];
        var contact = notice.Customer.Recipient?.Name ?? notice.Customer.Name;
        var oldest = notice.Items.MinBy(item => item.DueDate)!;
        var words = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["contact"] = contact,
            ["customer"] = notice.Customer.Name,
            ["customerNumber"] = notice.Customer.Number,
            ["collector"] = collector ?? entityName,
            ["oldestInvoice"] = language.Named(oldest.InvoiceNumber, oldest.Installment),
            ["oldestDueDate"] = language.Written.Date(oldest.DueDate),
            ["daysOverdue"] = Math.Max(oldest.DaysOverdue, 0),
            ["level"] = notice.Level,
            ["entity"] = entityName,
            ["total"] = language.Written.Amounts(notice.Asked),
            ["count"] = notice.Items.Count,
            ["date"] = language.Written.Date(date),
        };
        return new NoticeWords(
            language, OutgoingMail.OneLine(Fill(language.Typeset(wording.Subject), words)),
            notice.Customer.Recipient is null
                ? language.Labels.GreetingOfNobody
                : $"{language.Labels.Greeting} {contact}{language.Labels.AfterGreeting}",
            Paragraphs(Fill(language.Typeset(wording.Opening), words)),
            Paragraphs(Fill(language.Typeset(wording.Closing), words)));
    }

    private string Fill(string wording, object words) =>
        _wordings.GetOrAdd(wording, text => _plain.Compile(text))(words);

    private static MailItem Line(NoticeItem item, MailLanguage language) => new(
        language.Named(item.InvoiceNumber, item.Installment),
        language.Written.Date(item.DueDate), language.Days(item.DaysOverdue), language.Written.Amount(item.Amount),
        language.Written.Amount(item.Balance), language.OrderOf(item.Group));

    private static MailItem Line(AlsoOpenItem item, MailLanguage language) => new(
        language.Named(item.InvoiceNumber, item.Installment), language.Written.Date(item.DueDate),
        item.IsDisputed ? language.Disputed : language.Days(item.DaysOverdue), "",
        language.Written.Amount(item.Balance));

    private static MailItem Line(AlsoOpenRest rest, MailLanguage language) => new(
        language.More(rest.Count), "", "", "", language.Written.Amount(rest.Balance));

    private static MailFact Line(Deduction deduction, MailLanguage language) => new(
        language.Labels.Of(deduction.Kind), language.Written.Amount(-deduction.Amount));

    /// <summary>What a letter says beside the items: the reference, the level, and how to pay.</summary>
    private static MailFact[] Facts(
        PlannedNotice notice, Guid noticeId, LetterheadDefined? letterhead, string? country, string language)
    {
        var labels = LetterLabels.Of(language);
        var ways = PaymentWays.Of(letterhead, notice.Customer.Number, country);
        (string Label, string? Value)[] facts =
        [
            (labels.Customer, notice.Customer.Number), (labels.Reference, Reference(noticeId)),
            (labels.Level, notice.Level == 0 ? null : notice.Level.ToString(CultureInfo.InvariantCulture)),
            (labels.HowToPay, ways.Note), (labels.Account, ways.Account), (labels.PayOnline, ways.Link),
        ];
        return [.. facts.Where(fact => fact.Value is not null).Select(fact => new MailFact(fact.Label, fact.Value!))];
    }

    /// <summary>Tells recipients of one notice apart, and says nothing of them: eight hexadecimal digits.</summary>
    internal static string Mark(string email) =>
        $"{Ids.From("recipient", email.Trim().ToLowerInvariant()):N}"[..8];

    /// <summary>What the customer names when it answers or pays.</summary>
    private static string Reference(Guid noticeId) => $"{noticeId:N}"[..8].ToUpperInvariant();

    private static string[] Paragraphs(string text) => text
        .ReplaceLineEndings("\n")
        .Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Layout(string name)
    {
        using var reader = new StreamReader(typeof(NoticeWriter).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private sealed record MailFact(string Label, string Value);

    private sealed record MailItem(
        string Number, string DueDate, string Status, string Amount, string Balance, string Order = "");
}

/// <summary>What a step says to one customer, with its own names and figures.</summary>
/// <param name="Language">The language it is said in.</param>
/// <param name="Subject">On one line.</param>
/// <param name="Greeting">To whom.</param>
/// <param name="Opening">Paragraphs before the items.</param>
/// <param name="Closing">Paragraphs after them.</param>
public sealed record NoticeWords(
    MailLanguage Language, string Subject, string Greeting, IReadOnlyList<string> Opening,
    IReadOnlyList<string> Closing);
