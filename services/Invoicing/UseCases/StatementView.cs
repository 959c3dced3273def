using OrderToCash.Invoicing.Customers;
using OrderToCash.Invoicing.Statements;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>A kept statement as the API shows it; what it says is its document.</summary>
/// <param name="RunId">The run that made it, or null.</param>
/// <param name="KnownAt">It says what was recorded up to this moment.</param>
/// <param name="Pdf">It goes as a PDF file.</param>
/// <param name="Due">What was left to pay, per currency.</param>
/// <param name="Sha256">Of its content as JSON.</param>
/// <param name="Reason">Why it was not sent or came back.</param>
/// <param name="Sends">How often the mail server has taken it.</param>
/// <param name="HeldBy">Of one that is to go by post: kind of the hold under which nobody may get in touch with the
/// customer at this moment, so that it must not be posted (a bankruptcy does not forbid that); null for none.</param>
public sealed record StatementView(
    Guid Id, Guid? RunId, string LegalEntity, Guid CustomerId, DateOnly From, DateOnly To, DateTimeOffset KnownAt,
    StatementChannel Channel, bool Pdf, IReadOnlyList<Money> Due, string Sha256, StatementStatus Status,
    string? Reason, int Sends, long Version, string? HeldBy = null)
{
    public static StatementView Of(Guid id, Statement statement, long version)
    {
        var made = statement.Prepared!;
        return new StatementView(
            id, made.RunId, made.LegalEntity, made.CustomerId, made.From, made.To, made.KnownAt, made.Channel, made.Pdf,
            made.Due, made.Sha256, statement.Status, statement.Reason, statement.Sends, version);
    }
}

/// <summary>A run over the customers of a legal entity as the API shows it.</summary>
/// <param name="FinishedAt">Null while it goes on.</param>
/// <param name="Made">Statements made by it.</param>
/// <param name="MadeBefore">Customers whose statement an earlier run has made.</param>
/// <param name="Nothing">Customers to whom there is nothing to say.</param>
/// <param name="Failed">Customers whose statement could not be made; another run makes it.</param>
/// <param name="ByStatus">How many of its statements are where.</param>
public sealed record StatementRunView(
    Guid Id, string LegalEntity, StatementCycle Cycle, DateOnly From, DateOnly To, DateTimeOffset KnownAt, bool Pdf,
    DateTimeOffset StartedAt, string StartedBy, DateTimeOffset? FinishedAt, int? Made, int? MadeBefore, int? Nothing,
    int? Failed,
    IReadOnlyDictionary<string, int> ByStatus);
