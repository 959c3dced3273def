using OrderToCash.Collections.Dunning;
using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Tests.Rules;

/// <summary>Runs of one customer, one after another: what one has sent the next one knows.</summary>
internal sealed class DunningStory(PlaybookDefined playbook, params IReadOnlyList<ItemFacts> items)
{
    private readonly CustomerFacts _customer = Some.Customer();

    private readonly List<ItemFacts> _items = [.. items];

    /// <summary>What a run of a day asks for.</summary>
    public IReadOnlyList<Asked> Run(DateOnly date)
    {
        var plan = DunningPlanner.Plan(date, playbook, [_customer with { Items = [.. _items] }]);
        foreach (var (notice, item) in plan.SelectMany(notice => notice.Items.Select(item => (notice, item))))
        {
            if (!item.Listed)
                Tell(item, date, notice.Step.IsWork);
        }

        return
        [
            .. plan.SelectMany(notice => notice.Items)
                .Select(item => new Asked(date, item.InvoiceNumber, item.Step, item.Listed)),
        ];
    }

    /// <summary>It is paid, and not known any more.</summary>
    public void Pay(string number) => _items.RemoveAll(item => item.InvoiceNumber == number);

    private void Tell(NoticeItem item, DateOnly date, bool isWork)
    {
        var at = _items.FindIndex(known => known.InvoiceId == item.InvoiceId);
        var known = _items[at];
        _items[at] = known with
        {
            SentSteps = [.. known.SentSteps, item.Step],
            LastOffset = Math.Max(known.LastOffset ?? item.StepOffset, item.StepOffset),
            LastNoticeOn = isWork ? known.LastNoticeOn : date,
            LastStepOn = date,
        };
    }

    /// <summary>An invoice is asked for with a step, or listed beside the one that is.</summary>
    public sealed record Asked(DateOnly Date, string Number, string Step, bool Listed);
}
