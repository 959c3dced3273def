using OrderToCash.EventSourcing;
using OrderToCash.Invoicing.Automation;
using OrderToCash.Invoicing.Periods;
using OrderToCash.Invoicing.ReadModels;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Invoicing.UseCases;

/// <summary>
/// Bills the late fees and interest that automation policies have come to: each month once, months that were missed
/// one after the other. What a person or another instance has billed meanwhile is not billed again; those who could not
/// be billed are tried again the next day, and what was disputed, or had no reference rate yet, is looked at again with
/// each month that follows.
/// </summary>
public sealed partial class AutomaticFinanceCharges(
    EventStore store, FinanceChargeBilling billing, TimeProvider clock, ILogger<AutomaticFinanceCharges> log)
{
    /// <summary>
    /// Bills what is due, of one legal entity or of all; gives whether no error is left that is tried again only on
    /// another day.
    /// </summary>
    /// <param name="metadata">Who asks.</param>
    /// <param name="legalEntity">Of whom; null for all.</param>
    /// <param name="attempt">Tells what fails of it.</param>
    /// <param name="cancellation">Stops between two customers.</param>
    public async Task<bool> BillAsync(
        EventMetadata metadata, string? legalEntity, Attempt attempt, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(attempt);
        var isDone = true;
        foreach (var (code, timeZone) in await EntityClocks.ReadAsync(store.Database, legalEntity, cancellation))
        {
            await attempt(
                $"Billing of the finance charges of {code}",
                async () => isDone &= await BillAsync(
                    code, clock.Today(timeZone), metadata, attempt, cancellation),
                cancellation);
        }

        return isDone;
    }

    private async Task<bool> BillAsync(
        string legalEntity, DateOnly today, EventMetadata metadata, Attempt attempt, CancellationToken cancellation)
    {
        var id = AutomationPolicyStream.Id(legalEntity);
        var (policy, _) = await store.LoadAsync(AutomationPolicyStream.Type, id, cancellation);
        var hasErrors = policy.HasErrors;
        foreach (var (month, only) in policy.ChargesDue(today))
        {
            var billed = await billing.BillAsync(
                legalEntity, month, false, null, metadata, attempt, cancellation, only);
            var run = billed.Note(legalEntity, month, today, isOfHeldBack: only is not null);
            if (run.Failed > 0)
                LogLeftOut(log, legalEntity, month, run.Failed);
            var noted = await store.DecideAsync(
                AutomationPolicyStream.Type, id, metadata, now => now.Bill(run), cancellation: cancellation);
            hasErrors = noted.State.HasErrors;
        }

        return !hasErrors;
    }

    [LoggerMessage(Level = LogLevel.Warning, EventName = "invoicing.finance-charges.left-out",
        Message = "{Failed} customers of {LegalEntity} could not be billed for {Month}; they are tried again tomorrow")]
    private static partial void LogLeftOut(ILogger log, string legalEntity, Period month, int failed);
}
