using System.Text.Json.Serialization;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements;

/// <summary>Statements of a cycle are to be made for all customers of a legal entity that want them.</summary>
/// <param name="Cycle">Which customers: those that have chosen this cycle.</param>
/// <param name="From">First day of the period.</param>
/// <param name="To">Last day of the period.</param>
/// <param name="KnownAt">All of them say what was recorded up to this moment.</param>
/// <param name="Pdf">The statement goes as a PDF file with a letter; else it is the mail itself.</param>
public sealed record StatementRunStarted(
    string LegalEntity, StatementCycle Cycle, DateOnly From, DateOnly To, DateTimeOffset KnownAt, bool Pdf);

/// <summary>All of them are made.</summary>
/// <param name="Made">Statements made by this run.</param>
/// <param name="MadeBefore">Customers whose statement of this cycle an earlier run has made.</param>
/// <param name="Nothing">Customers to whom there is nothing to say.</param>
/// <param name="Failed">Customers whose statement could not be made; another run makes it.</param>
public sealed record StatementRunFinished(int Made, int MadeBefore, int Nothing, int Failed)
{
    /// <summary>Of two parts of a run.</summary>
    public static StatementRunFinished operator +(StatementRunFinished one, StatementRunFinished other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return new(
            one.Made + other.Made, one.MadeBefore + other.MadeBefore, one.Nothing + other.Nothing,
            one.Failed + other.Failed);
    }
}

/// <summary>A statement was made and is kept; it is sent next. What it says is kept beside, under its hash.</summary>
/// <param name="RunId">The run that made it; null where it was asked for by itself.</param>
/// <param name="Channel">How it reaches the customer.</param>
/// <param name="Addressed">False where the customer has no address for it.</param>
/// <param name="Pdf">It goes as a PDF file.</param>
/// <param name="Due">What is left to pay, per currency.</param>
/// <param name="Sha256">Of the content, in hexadecimal digits.</param>
/// <param name="WithInvoices">The invoices that it shows as open go with it as PDF files.</param>
public sealed record StatementPrepared(
    Guid? RunId, string LegalEntity, Guid CustomerId, DateOnly From, DateOnly To, DateTimeOffset KnownAt,
    string Language, StatementChannel Channel, bool Addressed, bool Pdf, IReadOnlyList<Money> Due, string Sha256,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool WithInvoices = false);

/// <summary>The mail server has taken it.</summary>
/// <param name="MailSha256">Of the mail, in hexadecimal digits.</param>
/// <param name="PdfSha256">Of the file that went with it, or null.</param>
public sealed record StatementSent(string MailSha256, string? PdfSha256);

/// <summary>It was not sent.</summary>
/// <param name="Reason">What the mail server or the printer said, or why it may not be sent.</param>
/// <param name="RetryAt">From when on it is tried again by itself; null for never.</param>
public sealed record StatementNotSent(
    string Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? RetryAt = null);

/// <summary>Mail does not arrive at the address that it was sent to: it came back, or was not taken for that.</summary>
/// <param name="ContactId">Who has that address still; null where nobody has, or had no identifier.</param>
/// <param name="Detail">What the mail server said, without the address.</param>
/// <param name="CustomerVersion">Version of the customer as it was when the contact had the address; null where an
/// earlier version of this service noted it. (A fingerprint of the address would outlive the person's key.)</param>
public sealed record StatementAddressFailed(
    string LegalEntity, Guid CustomerId, Guid? ContactId, string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? CustomerVersion = null);

/// <summary>It is to be sent once more, as it is.</summary>
public sealed record StatementSendAgain;

/// <summary>What became of a mail after the mail server had taken it.</summary>
public enum DeliveryState
{
    /// <summary>It reached the mailbox.</summary>
    Delivered,

    /// <summary>Somebody has looked at it.</summary>
    Opened,

    /// <summary>It came back.</summary>
    Bounced,
}

/// <summary>The mail system told what became of it.</summary>
/// <param name="At">When that was.</param>
/// <param name="Detail">In the mail system's words.</param>
public sealed record StatementDeliveryReported(DeliveryState State, DateTimeOffset At, string? Detail);
