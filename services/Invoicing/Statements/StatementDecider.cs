using OrderToCash.Documents;
using OrderToCash.Invoicing.Customers;
using OrderToCash.Kernel;

namespace OrderToCash.Invoicing.Statements;

/// <summary>What may become of a statement.</summary>
public static class StatementDecider
{
    /// <summary>Longest period of a statement.</summary>
    public const int MaxDays = 3 * 366;

    /// <summary>A cycle's period that ends on a day, or null where none does.</summary>
    public static (DateOnly From, DateOnly To)? Period(StatementCycle cycle, DateOnly to)
    {
        var endsMonth = to.AddDays(1).Day == 1;
        return cycle switch
        {
            StatementCycle.Weekly => (to.AddDays(-6), to),
            StatementCycle.Monthly when endsMonth => (new DateOnly(to.Year, to.Month, 1), to),
            StatementCycle.Quarterly when endsMonth && to.Month % 3 == 0 => (to.AddDays(1).AddMonths(-3), to),
            _ => null,
        };
    }

    /// <summary>What is wrong with a period that somebody asks for, or null.</summary>
    public static Refusal? Check(DateOnly from, DateOnly to, DateOnly today) =>
        to < from ? StatementRefusals.Period("The period ends before it begins.")
        : to.DayNumber - from.DayNumber >= MaxDays ? StatementRefusals.Period("A statement covers three years at most.")
        : to > today ? StatementRefusals.Period($"It is {today:yyyy-MM-dd}; a statement does not tell of days to come.")
        : null;

    /// <summary>Notes that the mail server has taken it.</summary>
    public static Decision Sent(Statement statement, string mailSha256, string? pdfSha256) =>
        WhilePrepared(statement, new StatementSent(mailSha256, pdfSha256));

    /// <summary>Notes that it was not sent, and when it is tried again; null for never.</summary>
    public static Decision NotSent(Statement statement, string reason, DateTimeOffset? retryAt = null) =>
        WhilePrepared(statement, new StatementNotSent(reason, retryAt));

    /// <summary>Notes that it was not sent for what may pass by itself, and when it is tried again.</summary>
    public static Decision PutOff(Statement statement, string reason, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return NotSent(statement, reason, MailRetries.Next(statement.Failures, now));
    }

    /// <summary>Notes that it was not sent since mail does not arrive at the address.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="reason">What the mail server said, without the address.</param>
    /// <param name="contactId">Who has that address.</param>
    /// <param name="customerVersion">By which version of the customer.</param>
    public static Decision Unreachable(Statement statement, string reason, Guid? contactId, long? customerVersion)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return WhilePrepared(
            statement, new StatementNotSent(reason), Failed(statement, contactId, customerVersion, reason));
    }

    /// <summary>It is time to try again what was put off; nothing where it was not, or it is early.</summary>
    public static Decision Retry(Statement statement, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement is { Status: StatementStatus.NotSent, RetryAt: { } at } && at <= now
            ? Decision.Of(new StatementSendAgain())
            : Decision.Nothing;
    }

    /// <summary>Sends it once more, as it is; nothing while it is about to be sent anyway.</summary>
    public static Decision SendAgain(Statement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        if (statement.Prepared is not { } prepared)
            return StatementRefusals.NotFound();
        if (prepared.Channel != StatementChannel.Email || !prepared.Addressed)
            return StatementRefusals.NotByMail(prepared);
        return statement.Status == StatementStatus.Prepared ? Decision.Nothing : Decision.Of(new StatementSendAgain());
    }

    /// <summary>
    /// Notes what became of the mail. Reports come late, twice and in any order: one that says less than is known
    /// already (delivered, after it was opened) changes nothing, nor does one on the mail before the one that is about
    /// to be sent. One that came back tells of its address.
    /// </summary>
    /// <param name="statement">The statement.</param>
    /// <param name="report">What the mail system told.</param>
    /// <param name="contactId">Who has the address that it was sent to.</param>
    /// <param name="customerVersion">By which version of the customer.</param>
    public static Decision Report(
        Statement statement, StatementDeliveryReported report, Guid? contactId = null, long? customerVersion = null)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(report);
        if (statement.Prepared is null)
            return StatementRefusals.NotFound();
        if (report.Detail is { Length: > 500 })
            return StatementRefusals.Detail();
        if (statement.Sends == 0)
            return StatementRefusals.NeverSent();
        var told = Statement.StatusOf(report.State);
        var known = statement.Status == told || statement.Status == StatementStatus.Prepared
            || (statement.Status == StatementStatus.Opened && told == StatementStatus.Delivered);
        return known ? Decision.Nothing
            : report.State == DeliveryState.Bounced
                ? Decision.Of(
                    report, Failed(statement, contactId, customerVersion, report.Detail ?? "It came back."))
                : Decision.Of(report);
    }

    private static StatementAddressFailed Failed(
        Statement statement, Guid? contactId, long? customerVersion, string detail) => new(
        statement.Prepared!.LegalEntity, statement.Prepared.CustomerId, contactId, detail, customerVersion);

    private static Decision WhilePrepared(Statement statement, params object[] outcome)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return statement.Status == StatementStatus.Prepared ? Decision.Of(outcome) : Decision.Nothing;
    }
}

/// <summary>Why something about statements may be refused.</summary>
public static class StatementRefusals
{
    public static Refusal NotFound() => new("not-found", "There is no such statement.", RefusalKind.NotFound);

    public static Refusal Period(string detail) => new("bad-period", detail, Field: "/to");

    public static Refusal Cycle(StatementCycle cycle, DateOnly to) => new(
        "bad-period", $"No {cycle} period ends on {to:yyyy-MM-dd}.", Field: "/to");

    public static Refusal NotByMail(StatementPrepared statement) => Refusal.State(
        "not-by-mail",
        statement.Channel == StatementChannel.Post
            ? "The customer gets its statements by post; print it and send it."
            : "The customer had no mail address for it when it was made; add one and make another statement.");

    public static Refusal NeverSent() => Refusal.State("never-sent", "It was never sent, so nobody can have it.");

    public static Refusal Detail() => new("bad-detail", "The detail has at most 500 characters.", Field: "/detail");
}
