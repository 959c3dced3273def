using System.Text.Json.Serialization;
using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Escalations;
using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Notices;

/// <summary>A mail, word for word as it goes out.</summary>
/// <param name="MessageId">RFC 5322 Message-ID, derived from the notice and the recipient: every attempt bears the same
/// one, and what goes to the next contact after a mail came back another.</param>
/// <param name="To">Address of the recipient.</param>
/// <param name="ToName">Name of the recipient.</param>
/// <param name="FromName">The legal entity's name; the address is the service's own.</param>
/// <param name="Language">Language it is written in.</param>
/// <param name="Subject">Subject.</param>
/// <param name="Text">Body as plain text.</param>
/// <param name="Html">Body as HTML.</param>
/// <param name="OptOut">Where whoever reads it says that no more are wanted; null where mails carried no such link.
/// </param>
/// <param name="ReplyTo">Where answers go, as the letterhead says; null for the service's own address.</param>
public sealed record NoticeMail(
    string MessageId, string To, string ToName, string FromName, string Language, string Subject, string Text,
    string Html, string? OptOut = null, string? ReplyTo = null)
{
    /// <summary>The mail for others than its recipient: whoever has the link speaks for them.</summary>
    public NoticeMail WithoutOptOut()
    {
        if (OptOut is not { } link)
            return this;
        var token = link[(link.LastIndexOf('/') + 1)..];
        return this with
        {
            Text = Text.Replace(token, "…", StringComparison.Ordinal),
            Html = Html.Replace(token, "…", StringComparison.Ordinal),
            OptOut = null,
        };
    }
}

/// <summary>A letter, word for word as it is printed.</summary>
/// <param name="Language">Language it is written in.</param>
/// <param name="Subject">What it is about, on one line.</param>
/// <param name="To">Where it goes, line by line.</param>
/// <param name="Page">The whole of it as HTML that a browser lays out on paper.</param>
public sealed record NoticeLetter(string Language, string Subject, IReadOnlyList<string> To, string Page);

/// <summary>A message, word for word as it goes out.</summary>
/// <param name="Key">Derived from the notice, how far it had come when this was written, the reader and the text: every
/// attempt bears the same one, by which the provider takes it once, and nothing else bears it, nor the same words once
/// they are written anew.</param>
/// <param name="To">E.164 number, or in a portal the contact's identifier.</param>
/// <param name="ToName">Name of the reader.</param>
/// <param name="FromName">The legal entity's name.</param>
/// <param name="Language">Language it is written in.</param>
/// <param name="Subject">What it is about, for lists and portals; no part of the text.</param>
/// <param name="Text">All of what it says.</param>
public sealed record NoticeMessage(
    string Key, string To, string ToName, string FromName, string Language, string Subject, string Text);

/// <summary>What a notice is about; every event of it carries this.</summary>
/// <param name="RunId">The run that decided it.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">To whom.</param>
/// <param name="Date">Day of the run.</param>
/// <param name="Step">Code of the playbook step.</param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="To">Address of the recipient; of a letter on one line; of a message as it names it.</param>
/// <param name="Items">What it asks for.</param>
/// <param name="Totals">Sums of the items per currency, the currency of the account first.</param>
/// <param name="Level">Which of the notices after the due date it is, from 1; 0 before it; null where not told.</param>
/// <param name="Playbook">Code of the playbook the step is of; null where it is that of the run.</param>
/// <param name="PlaybookVersion">Which version of it; null where it is that of the run.</param>
public sealed record NoticeContent(
    Guid RunId, string LegalEntity, Guid CustomerId, DateOnly Date, string Step, NoticeChannel Channel, string To,
    IReadOnlyList<NoticeItem> Items, IReadOnlyList<Kernel.Money> Totals, int? Level = null,
    string? Playbook = null, long? PlaybookVersion = null)
{
    /// <summary>What the customer has to its credit, taken off the totals; null for nothing.</summary>
    public IReadOnlyList<Deduction>? Deductions { get; init; }

    /// <summary>Its playbook takes no credit memos off; null where it does.</summary>
    public bool? IgnoresCredits { get; init; }

    /// <summary>The invoices it is about.</summary>
    [JsonIgnore]
    public IReadOnlyList<Guid> InvoiceIds => [.. Items.Select(item => item.InvoiceId).Distinct()];

    /// <summary>To whom the step escalates, as it says; null for the team lead, and where it escalates nothing.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public EscalationTarget? EscalateTo { get; init; }

    /// <summary>What it names beside what it asks for; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<NamedBeside>? Beside { get; init; }
}

/// <summary>What a notice names and does not ask for.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Installment">From 1.</param>
/// <param name="Balance">How much of it is said to be open.</param>
/// <param name="IsDisputed">It is said to be disputed; else not to be due yet.</param>
public sealed record NamedBeside(Guid InvoiceId, int Installment, Kernel.Money Balance, bool IsDisputed);

/// <summary>A notice is decided and written; it is sent next.</summary>
/// <param name="Content">What it is about.</param>
/// <param name="Mail">The mail; null for anything else.</param>
/// <param name="Letter">The letter, or what the mail carries as a file; null where there is none.</param>
/// <param name="Work">What is to be done, in words, where nothing is written; else null.</param>
/// <param name="Copies">The same for others than its reader, each in their own language; null where nobody gets one.
/// </param>
/// <param name="Message">The message; null for anything else.</param>
public sealed record NoticePrepared(
    NoticeContent Content, NoticeMail? Mail, NoticeLetter? Letter = null, string? Work = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<NoticeMail>? Copies = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NoticeMessage? Message = null)
{
    /// <summary>The same for others than those who get it: whoever has a link speaks for its reader.</summary>
    public NoticePrepared WithoutOptOuts() => this with
    {
        Mail = Mail?.WithoutOptOut(),
        Copies = Copies is { } copies ? [.. copies.Select(copy => copy.WithoutOptOut())] : null,
    };
}

/// <summary>
/// It goes out later, after another look: it is the middle of the night, or a day off, where the reader is, or the mail
/// server does not take it for the moment.
/// </summary>
/// <param name="Content">What waits.</param>
/// <param name="Until">When it is taken up again.</param>
/// <param name="Rule">
/// The rule of contact (see <see cref="Contacts.ContactRule"/>), or <see cref="NoticeDecider.NotTakenYet"/>.
/// </param>
/// <param name="PreparedAt">When it was written; it is not true for ever.</param>
/// <param name="Detail">What the mail server said; null where it is a rule of contact.</param>
public sealed record NoticePutOff(
    NoticeContent Content, DateTimeOffset Until, string Rule, DateTimeOffset PreparedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail = null);

/// <summary>What was put off is looked at again and sent next.</summary>
/// <param name="Content">What has waited.</param>
public sealed record NoticeTakenUp(NoticeContent Content);

/// <summary>A step that is no writing was handed to whoever does it.</summary>
/// <param name="Content">What it is about.</param>
/// <param name="WorkId">The task, escalation or recommendation; null where there was one under way.</param>
public sealed record NoticeHandedOver(NoticeContent Content, Guid? WorkId);

/// <summary>The letter was looked at once more and may go out; it waits to be printed and posted.</summary>
public sealed record LetterQueued(NoticeContent Content);

/// <summary>The mail server, or the provider of messages, has taken the notice, or the letter was posted.</summary>
public sealed record NoticeSent(NoticeContent Content);

/// <summary>
/// What became of the copies of a notice that went out. A copy that does not go out keeps nothing from the notice, and
/// is not tried again.
/// </summary>
/// <param name="Content">What they are copies of.</param>
/// <param name="Copies">Each of them.</param>
public sealed record NoticeCopied(NoticeContent Content, IReadOnlyList<CopyOutcome> Copies);

/// <summary>What became of a copy.</summary>
/// <param name="To">Address of who was to read it.</param>
/// <param name="Reason">Null where the mail server has taken it; else what that said, the rule that forbade it (see
/// <see cref="Contacts.ContactRule"/>), <c>no-contact</c> where nobody has the address any more, <c>sent-before</c>
/// where one was out before the notice was written anew, or <c>not-in-time</c> where the mail server was too slow for
/// all of them.</param>
public sealed record CopyOutcome(
    string To, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null);

/// <summary>The mail server, or the provider of messages, did not take the notice, or took it and it came back.
/// </summary>
/// <param name="Content">What has reached nobody.</param>
/// <param name="Reason">What the server or the network said.</param>
public sealed record NoticeFailed(NoticeContent Content, string Reason);

/// <summary>
/// The notice was not sent: paid or held back in the meantime, too old to be true, a rule of contact forbids it now, or
/// somebody took the letter back.
/// </summary>
/// <param name="Content">What was not sent.</param>
/// <param name="Reason"><c>balance-changed</c>, <c>too-late</c>, <c>dunning-block</c>, <c>unapplied-cash-covers</c>,
/// <c>open-credit-covers</c>, <c>unmatched-cash-covers</c>, <c>credit-changed</c>, <c>customer-merged</c>,
/// <c>taken-back</c>, <c>no-playbook</c>, or the rule (see <see cref="Contacts.ContactRule"/>).</param>
public sealed record NoticeWithdrawn(NoticeContent Content, string Reason);
