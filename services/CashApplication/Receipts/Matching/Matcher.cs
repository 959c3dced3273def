using System.Globalization;
using OrderToCash.Kernel;

namespace OrderToCash.CashApplication.Receipts.Matching;

/// <summary>
/// Explains a payment by open items. Pure and deterministic: the same payment and candidates, in whatever order, give
/// the same answer. It never explains more than the payment, nor more of an item than is available.
/// </summary>
public static class Matcher
{
    /// <summary>
    /// An explanation that comes this near to the best one rivals it; then nobody but a person may choose.
    /// </summary>
    private const decimal RivalMargin = 0.05m;

    private const int MaxSuggestions = 10;

    /// <summary>Who paid, and what for.</summary>
    public static MatchResult Match(Payment payment, Candidates candidates, MatchPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(payment);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(policy);
        var keys = ReferenceKeys.Candidates(payment.Remittance);
        var named = Named(candidates.Items, keys);
        var known = Identify(payment, candidates, keys, named);
        var suggestions = ByNumber(payment, named, known)
            .Concat(ByAmount(payment, candidates.Items, named, known))
            .OrderByDescending(explanation => explanation.Confidence)
            .ThenBy(explanation => explanation.Lines[0].InvoiceNumber, StringComparer.Ordinal)
            .ThenBy(explanation => explanation.Lines[0].Installment)
            .ThenBy(explanation => explanation.CustomerId)
            .Take(MaxSuggestions)
            .ToArray();
        var chosen = suggestions is [var best, ..] && best.Confidence >= policy.AutoApplyThreshold &&
            !(suggestions.Length > 1 && best.Confidence - suggestions[1].Confidence < RivalMargin)
            ? best
            : null;
        return new MatchResult(
            known.CustomerId ?? chosen?.CustomerId, known.CustomerId is null ? chosen?.Rule : known.By, chosen,
            suggestions);
    }

    /// <summary>
    /// Items whose number the payer wrote. An exact number beats one that only matches without its zeros.
    /// </summary>
    private static Candidate[] Named(IReadOnlyList<Candidate> items, IReadOnlySet<string> keys)
    {
        if (keys.Count == 0)
            return [];
        var byLooseKey =
            from item in items
            let loose = ReferenceKeys.Loose(item.InvoiceNumber)
            let isExact = keys.Contains(ReferenceKeys.Compact(item.InvoiceNumber))
            where isExact || keys.Contains(loose)
            group (item, isExact) by loose;
        return
        [
            .. byLooseKey
                .SelectMany(same => same.Any(x => x.isExact) ? same.Where(x => x.isExact) : same)
                .Select(x => x.item)
                .OrderBy(item => item.DueDate)
                .ThenBy(item => item.InvoiceNumber, StringComparer.Ordinal)
                .ThenBy(item => item.Installment)
                .ThenBy(item => item.InvoiceId),
        ];
    }

    private static Identity Identify(
        Payment payment, Candidates candidates, IReadOnlySet<string> keys, Candidate[] named)
    {
        if (payment.CustomerId is { } settled)
            return new Identity(settled, "the customer is known",
                IsContradicted: named.Any(item => item.CustomerId != settled));
        var tellers = new List<(Guid[] Customers, string By)>
        {
            ([.. Distinct(named.Select(item => item.CustomerId))], "invoice-number"),
            ([.. Distinct(candidates.Customers.Where(customer => IsNamed(customer.Number, keys))
                .Select(c => c.CustomerId))],
                "customer-number"),
            ([.. Distinct(payment.PayerAccount is { } account ? candidates.PayerAccounts[account] : [])],
                "payer-account"),
        };

        // Whoever names exactly one customer counts; two who name different ones are for a person to judge.
        var certain = tellers.Where(teller => teller.Customers.Length == 1).ToArray();
        var customers = certain.Select(teller => teller.Customers[0]).Distinct().ToArray();
        var isContradicted = customers.Length > 1 || tellers[0].Customers.Length > 1;
        return customers.Length == 1 && !isContradicted
            ? new Identity(customers[0], certain[0].By, IsContradicted: false)
            : new Identity(null, null, isContradicted);

        static IEnumerable<Guid> Distinct(IEnumerable<Guid> ids) => ids.Distinct();
    }

    private static bool IsNamed(string number, IReadOnlySet<string> keys) =>
        keys.Contains(ReferenceKeys.Compact(number)) || keys.Contains(ReferenceKeys.Loose(number));

    private static IEnumerable<Explanation> ByNumber(Payment payment, Candidate[] named, Identity known)
    {
        var open = named.Where(item => item.Available.IsPositive && item.Available.Currency == payment.Amount.Currency);
        foreach (var customer in open.GroupBy(item => item.CustomerId).OrderBy(group => group.Key))
        {
            Candidate[] items = [.. customer];
            var numbers = items.Select(item => item.InvoiceNumber).Distinct().Order(StringComparer.Ordinal).ToArray();
            var sum = Money.Sum(items.Select(item => item.Available), payment.Amount.Currency);
            var reasons = new List<string> { $"The payer names {Words(numbers)}." };
            var (confidence, lines) = Explain(payment.Amount, items, numbers, sum, reasons);
            if (IsAmbiguous(items))
            {
                confidence = Math.Min(confidence, 0.60m);
                reasons.Add("Several invoices have nearly this number.");
            }

            if (known.IsContradicted || (known.CustomerId is { } other && other != customer.Key))
            {
                confidence = Math.Min(confidence, 0.60m);
                reasons.Add("Something else points to another customer.");
            }

            yield return new Explanation(customer.Key, "invoice-number", confidence, reasons, lines);
        }
    }

    private static (decimal Confidence, MatchLine[] Lines) Explain(
        Money amount, Candidate[] items, string[] numbers, Money sum, List<string> reasons)
    {
        if (amount == sum)
        {
            reasons.Add(items.Length == 1
                ? $"The amount is its balance of {sum}."
                : $"Their balances sum to the amount, {sum}.");
            return (0.99m, Fill(amount, items));
        }

        if (numbers.Length == 1 && Array.Find(items, item => item.Available == amount) is { } exact)
        {
            reasons.Add($"The amount is the balance of installment {exact.Installment}.");
            return (0.97m, Fill(amount, [exact]));
        }

        if (amount > sum)
        {
            reasons.Add($"The balance of {sum} is covered; {amount - sum} stay unapplied.");
            return (0.93m, Fill(amount, items));
        }

        if (numbers.Length == 1)
        {
            reasons.Add($"The payment is short: {sum - amount} of {sum} stay open.");
            return (0.93m, Fill(amount, items));
        }

        reasons.Add($"The payment is short by {sum - amount}; the oldest are paid first.");
        return (0.70m, Fill(amount, items));
    }

    private static IEnumerable<Explanation> ByAmount(
        Payment payment, IReadOnlyList<Candidate> items, Candidate[] named, Identity known)
    {
        // What the payer names explains itself; the amount alone then explains only other items.
        var exact = items
            .Where(item => item.Available == payment.Amount && payment.Amount.IsPositive && !named.Contains(item))
            .Distinct()
            .OrderBy(item => item.DueDate)
            .ThenBy(item => item.InvoiceNumber, StringComparer.Ordinal)
            .ThenBy(item => item.Installment)
            .ThenBy(item => item.InvoiceId)
            .ToArray();
        var ofCustomer = exact.Where(item => item.CustomerId == known.CustomerId).ToArray();
        var isOwn = ofCustomer.Length > 0;
        var rivals = isOwn ? ofCustomer : exact;
        foreach (var item in rivals)
        {
            var hasName = IsSameName(payment.PayerName, item.CustomerName);
            var reasons = new List<string>
            {
                $"The amount is exactly the balance of {item.InvoiceNumber}" +
                (item.Installment > 1
                    ? string.Create(CultureInfo.InvariantCulture, $", installment {item.Installment}.")
                    : "."),
            };
            if (isOwn)
                reasons.Add($"The customer is known by {known.By}.");
            if (hasName)
                reasons.Add("The payer has the customer's name.");
            reasons.Add(rivals.Length > 1 ? $"{rivals.Length} open items have this balance."
                : isOwn ? "No other item of the customer has this balance." : "No other open item has this balance.");
            var confidence = (rivals.Length, isOwn, hasName) switch
            {
                (1, true, _) => 0.92m,
                (1, false, true) => 0.91m,
                (1, false, false) => 0.80m,
                (_, true, _) => 0.60m,
                (_, _, true) => 0.55m,
                _ => 0.50m,
            };
            if (named.Length > 0)
            {
                // As good as the number where that does not come out even, so that the two rival; never better.
                confidence = Math.Min(confidence, named.Any(other => other.Available.IsPositive) ? 0.89m : 0.75m);
                reasons.Add("The payer names another invoice.");
            }

            if (known.IsContradicted || (!isOwn && known.CustomerId is not null))
            {
                confidence = Math.Min(confidence, 0.50m);
                reasons.Add("Something else points to another customer.");
            }

            yield return new Explanation(
                item.CustomerId, "exact-amount", confidence, reasons, Fill(payment.Amount, [item]));
        }
    }

    private static MatchLine[] Fill(Money amount, IReadOnlyList<Candidate> items)
    {
        var lines = new List<MatchLine>(items.Count);
        foreach (var item in items)
        {
            var part = Money.Min(amount, item.Available);
            if (!part.IsPositive)
                break;
            lines.Add(new MatchLine(item.InvoiceId, item.Installment, item.InvoiceNumber, part));
            amount -= part;
        }

        return [.. lines];
    }

    private static bool IsAmbiguous(Candidate[] items) => items
        .GroupBy(item => ReferenceKeys.Loose(item.InvoiceNumber))
        .Any(same => same.Select(item => item.InvoiceId).Distinct().Count() > 1);

    private static bool IsSameName(string? payer, string? customer) =>
        payer is not null && customer is not null && PartyName.Key(payer) is { Length: > 2 } key
            && key == PartyName.Key(customer);

    private static string Words(string[] numbers) => numbers.Length <= 3
        ? string.Join(" and ", numbers)
        : $"{string.Join(", ", numbers[..3])} and {numbers.Length - 3} more";

    /// <summary>
    /// Whose money it is and what told it; contradicted when what is known points to different customers.
    /// </summary>
    private sealed record Identity(Guid? CustomerId, string? By, bool IsContradicted);
}
