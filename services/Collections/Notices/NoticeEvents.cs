using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Notices;

/// <summary>A mail, word for word as it goes out.</summary>
/// <param name="MessageId">RFC 5322 Message-ID, derived from the notice: every attempt bears the same one.</param>
/// <param name="To">Address of the recipient.</param>
/// <param name="ToName">Name of the recipient.</param>
/// <param name="FromName">The legal entity's name; the address is the service's own.</param>
/// <param name="Language">Language it is written in.</param>
/// <param name="Subject">Subject.</param>
/// <param name="Text">Body as plain text.</param>
/// <param name="Html">Body as HTML.</param>
public sealed record NoticeMail(
    string MessageId, string To, string ToName, string FromName, string Language, string Subject, string Text,
    string Html);

/// <summary>What a notice is about; every event of it carries this.</summary>
/// <param name="RunId">The run that decided it.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">To whom.</param>
/// <param name="Date">Day of the run.</param>
/// <param name="Step">Code of the playbook step.</param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="To">Address of the recipient.</param>
/// <param name="Items">What it asks for.</param>
/// <param name="Totals">Sums of the items per currency, the currency of the account first.</param>
public sealed record NoticeContent(
    Guid RunId, string LegalEntity, Guid CustomerId, DateOnly Date, string Step, NoticeChannel Channel, string To,
    IReadOnlyList<NoticeItem> Items, IReadOnlyList<Kernel.Money> Totals);

/// <summary>A notice is decided and written; it is sent next.</summary>
public sealed record NoticePrepared(NoticeContent Content, NoticeMail Mail);

/// <summary>The mail server has taken the notice.</summary>
public sealed record NoticeSent(NoticeContent Content);

/// <summary>The mail server did not take the notice.</summary>
/// <param name="Content">What was not sent.</param>
/// <param name="Reason">What the server or the network said.</param>
public sealed record NoticeFailed(NoticeContent Content, string Reason);

/// <summary>
/// The notice was not sent: paid or held back in the meantime, too old to be true, or a rule of contact forbids it now.
/// </summary>
/// <param name="Content">What was not sent.</param>
/// <param name="Reason"><c>balance-changed</c>, <c>too-late</c>, <c>dunning-block</c>, <c>unapplied-cash-covers</c>, or
/// the rule (see <see cref="Contacts.ContactRule"/>).</param>
public sealed record NoticeWithdrawn(NoticeContent Content, string Reason);
