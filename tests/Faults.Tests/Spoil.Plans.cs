using OrderToCash.Faults.Facts;

namespace OrderToCash.Faults.Tests;

internal sealed partial record Spoil
{
    private static IEnumerable<Spoil> OfPlans()
    {
        const string sums = "installments of a plan sum to what it covers";
        yield return new(sums, "an installment is a cent too much", facts => facts with
        {
            PlanParts = Changed(
                facts.PlanParts, part => part.IsInstallment, part => part with { Amount = part.Amount + Cent }),
        });
        yield return new(sums, "an item is covered by a cent less", facts => facts with
        {
            PlanParts = Changed(
                facts.PlanParts, part => !part.IsInstallment, part => part with { Amount = part.Amount - Cent }),
        });
        const string moved = "due dates are moved once for each time a plan asks";
        yield return new(moved, "nobody moved them", facts => facts with
        {
            RescheduleAnswers = Without(facts.RescheduleAnswers, _ => true),
        });
        yield return new(moved, "they were moved twice", facts => facts with
        {
            RescheduleAnswers = Twice(facts.RescheduleAnswers, _ => true, request => request),
        });
        yield return new(moved, "they were moved for no plan", facts => facts with
        {
            RescheduleAnswers = [.. facts.RescheduleAnswers, Some],
        });
        yield return new(moved, "a plan came into force twice", facts => facts with
        {
            PlanEvents = Twice(
                facts.PlanEvents, e => e.Type == "plan_activated",
                e => e with { Version = e.Version + 1_000, Type = LastOf(facts, e).Type, Request = null }),
        });
    }

    private static IEnumerable<Spoil> OfHeldStatements()
    {
        const string once = "a held statement books each of its lines once";
        yield return new(once, "a line was booked twice", facts => facts with
        {
            HeldReceipts = Twice(facts.HeldReceipts, _ => true, held => held with { Receipt = Some }),
        });
        yield return new(once, "a line was not booked", facts => facts with
        {
            HeldReceipts = Changed(facts.HeldReceipts, _ => true, held => held with { Receipt = null }),
        });
        yield return new(once, "a line is missing", facts => facts with
        {
            HeldReceipts = Without(
                facts.HeldReceipts,
                held => facts.Requests.Any(r => r.Outcome == Outcome.Accepted && r.Streams.Contains(held.Import))),
        });
        yield return new(once, "a receipt of a line did not come in", facts => facts with
        {
            ReceiptEvents = Without(
                facts.ReceiptEvents,
                e => e.Type == "receipt_recorded" && e.Receipt == facts.HeldReceipts[0].Receipt),
        });
        yield return new(once, "a line was booked with a cent too much", facts => facts with
        {
            HeldReceipts = Changed(facts.HeldReceipts, _ => true, held => held with { Amount = held.Amount - Cent }),
        });
        const string armed = "a held statement acts only once it is armed";
        yield return new(armed, "it acted before", facts => facts with
        {
            HeldReceipts =
            [
                .. facts.HeldReceipts.Select(held => held with { Armed = held.Armed is null ? null : long.MaxValue }),
            ],
        });
        yield return new(armed, "it was cleared before", facts => facts with
        {
            HeldReceipts = [.. facts.HeldReceipts.Select(held => held with { Armed = null })],
            Log =
            [
                .. facts.Log,
                .. facts.Log.Where(e => e.Type == "receipt_recorded"
                    && facts.HeldReceipts.Any(held => held.Receipt == e.Stream))
                    .Select(e => e with { Type = "receipt_cleared", Version = e.Version + 1_000 }),
            ],
        });
        yield return new(armed, "it acted without", facts => facts with
        {
            HeldReceipts = [.. facts.HeldReceipts.Select(held => held with { Armed = null })],
        });
        yield return new(armed, "it was armed twice", facts => facts with
        {
            HeldReceipts = Changed(
                facts.HeldReceipts, held => held.Armed is not null, held => held with { TimesArmed = 2 }),
        });
    }

    private static PlanEvent LastOf(SystemFacts facts, PlanEvent e) =>
        facts.PlanEvents.Where(other => other.Plan == e.Plan).MaxBy(other => other.Version)!;
}
