using OrderToCash.EventSourcing;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// What happens because a day has come, looked for once a minute: schedules bill, invoices become overdue, statements
/// are made, mails that were put off are tried again, late fees and interest are billed, open credit memos are applied.
/// Each thing is decided on the version it was seen at, so it happens once, and what was missed happens when somebody
/// looks again.
/// </summary>
public sealed class InvoicingClock(
    ScheduledBilling billing, OverdueMarking overdue, AutomaticStatements statements, AutomaticFinanceCharges charges,
    AutomaticCredits credits, PutOffMails mails, TimeProvider clock, ILogger<InvoicingClock> log)
    : RecurringWork("What a day brings", TimeSpan.FromMinutes(1), clock, log)
{
    private static readonly EventMetadata Metadata = new("invoicing");

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellation)
    {
        await TryAsync("Scheduled billing", () => BillAsync(cancellation), cancellation);
        await TryAsync(
            "Marking of overdue invoices", () => overdue.MarkAsync(Metadata, null, Each, cancellation), cancellation);
        await TryAsync(
            "Start of statement runs", () => statements.StartAsync(Metadata, null, Each, cancellation), cancellation);
        await TryAsync(
            "Mailing of what was put off", () => mails.SendAsync(Metadata, null, Each, cancellation), cancellation);
        await TryAsync("Billing of finance charges", () => ChargeAsync(cancellation), cancellation);
        await TryAsync(
            "Applying of open credits", () => credits.ApplyAsync(Metadata, null, Each, cancellation), cancellation);
    }

    /// <summary>An error that is tried again tomorrow is not done today, in whichever round it came up.</summary>
    private async Task ChargeAsync(CancellationToken cancellation)
    {
        if (!await charges.BillAsync(Metadata, null, Each, cancellation))
            LeftUndone();
    }

    /// <summary>Until nothing is due; what is refused is not due again today.</summary>
    private async Task BillAsync(CancellationToken cancellation)
    {
        while ((await billing.BillAsync(Metadata, null, again: false, Each, cancellation)).Count > 0)
        {
            // There may be more than one go takes.
        }
    }
}
