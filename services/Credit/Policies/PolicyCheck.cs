using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Documents;

namespace OrderToCash.Credit.Policies;

/// <summary>What makes a policy one that cannot be applied.</summary>
public static class PolicyCheck
{
    private const int MostEntries = 200;
    private const int MostDays = 3650;
    private const int MostPoints = 50;
    private const int MostLevels = 50;
    private const int MostOfName = 200;
    private const decimal MostAmount = 1_000_000_000_000m;
    private const string AnyClass = "*";

    private static readonly string OfSizes =
        $"Caps by size: 1 to {MostEntries}, from a revenue of 0 on, each from a higher one, none above the class.";

    /// <summary>The first thing that is wrong, or null.</summary>
    public static (string Field, string Detail)? Fault(CreditPolicy policy) =>
        Orders(policy.Orders) ?? Numbers(policy) ?? Scorecard(policy.Scorecard) ?? Classes(policy) ?? Codes(policy)
            ?? Checklists(policy.Applications) ?? Sales(policy.Applications.Sales);

    private static (string, string)? Orders(OrderPolicy orders)
    {
        if (orders.Rules.Count > MostEntries || orders.Exclusions.Count > MostEntries)
            return ("/orders", $"At most {MostEntries} rules and as many exclusions.");
        foreach (var rule in orders.Rules)
        {
            if (Rule(rule) is { } detail)
                return ("/orders/rules", $"{rule.Code}: {detail}");
        }

        foreach (var exclusion in orders.Exclusions)
        {
            if (string.IsNullOrWhiteSpace(exclusion.Name) || exclusion.Name.Length > 100)
                return ("/orders/exclusions", "An exclusion has a name of at most 100 characters.");
            if (!IsScope(exclusion.AppliesTo) || exclusion.OrdersUpTo <= 0
                || exclusion.Rules?.All(RuleCodes.All.Contains) == false)
                return ("/orders/exclusions", $"{exclusion.Name} names something that is not there.");
        }

        if (orders is { GraceAtLaterPoints: true, GraceDays: null })
            return ("/orders/graceAtLaterPoints", "Without grace days there is nothing it could be about.");
        if (orders.MostReleaseDays < orders.ReleaseDays)
            return ("/orders/mostReleaseDays", "mostReleaseDays is not below releaseDays, which hold by themselves.");
        return orders.ReleaseReasons is { } reasons
            && (reasons.Count is 0 or > MostEntries || reasons.Distinct().Count() != reasons.Count
                || reasons.Any(code => code is not { Length: > 0 and <= 50 } || code.Any(c => !IsOfCode(c))))
            ? ("/orders/releaseReasons", $"At most {MostEntries} codes in kebab-case, each once, and null for none.")
            : null;
    }

    private static bool IsOfCode(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-';

    private static string? Rule(BlockingRule rule)
    {
        if (!RuleCodes.All.Contains(rule.Code))
            return $"is no rule; {string.Join(", ", RuleCodes.All)} are.";
        if (!IsScope(rule.AppliesTo))
            return "is for customers or for segments, at most 1,000 of them.";
        if (rule.Days is < 0 or > MostDays || rule.Amount < 0 || rule.Percent is < 0 or > 1000)
            return "days, amount and percent are not below zero.";
        if (rule is { Warns: true, Declines: true })
            return "warns or declines, not both.";
        if (rule.CheckPoints is { } points && (points.Count == 0 || points.Distinct().Count() != points.Count))
            return "names each of its check points once, and null for all.";
        return rule.Code switch
        {
            RuleCodes.DaysOverdue when rule.Days is null => "needs days.",
            RuleCodes.DunningLevel when rule.Level is not (>= 1 and <= MostLevels) =>
                $"needs a level, 1 to {MostLevels}.",
            RuleCodes.NoPayment when rule.Days is null => "needs days.",
            RuleCodes.OverdueAmount or RuleCodes.OrderAmount or RuleCodes.OverComponentLimit
                when rule.Amount is null => "needs an amount.",
            RuleCodes.OverComponentLimit when rule.Values is null or [] => "needs components.",
            RuleCodes.CustomerStatus or RuleCodes.RiskClass or RuleCodes.Terms when rule.Values is null or [] =>
                "needs values.",
            RuleCodes.Terms when rule.Values!.Count > MostEntries || !rule.Values.All(IsTerms) =>
                $"names at most {MostEntries} payment terms, such as NET 90 or 2/10 NET 30.",
            _ => null,
        };
    }

    private static bool IsTerms(string terms) => terms is { Length: <= 100 } && CreditTerms.Read(terms) is not null;

    private static bool IsScope(RuleScope? scope) => scope is null
        || (scope.Customers is null != scope.Segments is null
            && (scope.Customers?.Count ?? scope.Segments!.Count) is > 0 and <= 1000);

    private static (string, string)? Numbers(CreditPolicy policy)
    {
        var (orders, limits, applications) = (policy.Orders, policy.Limits, policy.Applications);
        int?[] days =
        [
            orders.GraceDays, orders.ReservationDays, orders.ReleaseDays, orders.MostReleaseDays,
            policy.Exposure.HorizonDays, policy.Exposure.RateDays, policy.Holds.PastDueDays, policy.Holds.ReleaseDays,
            limits.ValidDays, applications.ReportDays, applications.RefreshDays, policy.Reviews.BeforeExpiryDays,
            .. policy.Reviews.Days.Values.Select(value => (int?)value),
            .. policy.Terms.MaxDays?.Values.Select(value => (int?)value) ?? [],
            .. policy.Exposure.SettlementDays?.Values.Select(value => (int?)value) ?? [],
        ];
        decimal?[] amounts =
        [
            policy.Holds.PastDueAmount, policy.Holds.OverLimitPercent, limits.NetWorthPercent, applications.ApproveUpTo,
            policy.Reviews.UtilisationPercent, policy.Terms.CostOfCapitalPercent, .. limits.Classes.SelectMany(one =>
                new decimal?[] { one.Cap, one.BillingFactor }),
            .. policy.Terms.LossPercent?.Values.Select(value => (decimal?)value) ?? [],
        ];
        if (days.Any(value => value is < 0 or > MostDays) || applications.ReviewHours is < 1 or > 8760)
            return ("/", $"Days are 0 to {MostDays}, the hours of a review 1 to 8760.");
        if (applications.RefreshDays == 0 || policy.Holds.ReleaseDays > HoldDecider.MostQuietDays)
            return ("/", $"refreshDays is at least 1, the releaseDays of holds at most {HoldDecider.MostQuietDays}.");
        if (applications.EscalateTo is not (null or { Length: > 0 and <= MostOfName }))
            return ("/applications/escalateTo", $"escalateTo is a person in at most {MostOfName} characters, or null.");
        if (policy.Exposure.UnappliedPercent is < 0 or > 100)
            return ("/exposure/unappliedPercent", "Of unapplied cash 0 to 100 percent are taken off.");
        if (amounts.Any(value => value is < 0 or > MostAmount))
            return ("/", "Amounts, percentages and factors are not below zero.");
        if (limits.RoundTo <= 0 || limits.BillingMonths is < 1 or > 60)
            return ("/limits", "roundTo is above zero, billingMonths 1 to 60.");
        return applications.DeclineBelow > applications.ApproveFrom
            ? ("/applications", "declineBelow is above approveFrom: a score would do both.")
            : null;
    }

    private static (string, string)? Scorecard(ScorecardPolicy card)
    {
        if (card.MinimumCoverage is < 0 or > 100)
            return ("/scorecard/minimumCoverage", "Coverage is 0 to 100 percent.");
        if (card.Factors.Select(factor => factor.Code).Distinct().Count() != card.Factors.Count)
            return ("/scorecard/factors", "A factor comes once.");
        foreach (var factor in card.Factors)
        {
            if (Factor(factor) is { } detail)
                return ("/scorecard/factors", $"{factor.Code}: {detail}");
        }

        return card.Factors.Sum(factor => factor.Weight) > 0
            ? null
            : ("/scorecard/factors", "Without weight there is no score.");
    }

    private static string? Factor(ScoreFactor factor)
    {
        if (!FactorCodes.All.Contains(factor.Code) && !FactorCodes.IsOwn(factor.Code))
            return $"is no factor; {string.Join(", ", FactorCodes.All)} are, and your own that begin with x-.";
        if (factor.Weight is < 0 or > 1000 || factor.Missing is < 0 or > 100 || factor.Bands.Count > 50)
            return "weights are 0 to 1000, points 0 to 100, bands at most 50.";
        if (factor.Bands.Any(band => band.Points is < 0 or > 100)
            || factor.Values?.Values.Any(points => points is < 0 or > 100) == true)
            return "points are 0 to 100.";
        if (factor.Code == FactorCodes.Country || (FactorCodes.IsOwn(factor.Code) && factor.Bands.Count == 0))
            return factor.Values is null ? "needs values." : null;
        if (FactorCodes.IsOwn(factor.Code) && factor.Values is not null)
            return "has bands or values, not both.";
        var starts = factor.Bands.Skip(1).Select(band => band.From).ToList();
        return factor.Bands.Count > 0 && factor.Bands[0].From is null && starts.TrueForAll(from => from is not null)
            && starts.Zip(starts.Skip(1)).All(pair => pair.First < pair.Second)
                ? null
                : "bands begin one after the other, the first without a beginning.";
    }

    private static (string, string)? Classes(CreditPolicy policy)
    {
        var classes = policy.Scorecard.Classes;
        if (classes.Count is < 1 or > 26 || classes[^1].From != 0
            || classes.Zip(classes.Skip(1)).Any(pair => pair.First.From <= pair.Second.From))
            return ("/scorecard/classes", "Classes go from the best to the worst, and the last begins at 0.");
        if (classes.Any(one => one.Code is not { Length: > 0 and <= 10 })
            || classes.Select(one => one.Code).Distinct().Count() != classes.Count)
            return ("/scorecard/classes", "Each class has a code of its own.");
        if (!IsOfEach(policy.Limits.Classes))
            return ("/limits/classes", "Each risk class has one limit, and no other has.");
        if (!policy.Limits.Classes.All(IsBySize))
            return ("/limits/classes", OfSizes);
        var segments = policy.Limits.Segments ?? [];
        return segments.Count <= MostEntries
            && segments.Select(one => one.Segment).Distinct().Count() == segments.Count
            && segments.All(one => one.Segment is { Length: > 0 and <= MostOfName } && IsOfEach(one.Classes)
                && one.NetWorthPercent is null or (>= 0 and <= 1_000)
                && one.Classes.All(limit => limit.Cap is >= 0 and <= MostAmount
                    && limit.BillingFactor is >= 0 and <= MostAmount && IsBySize(limit)))
                    ? null
                    : ("/limits/segments",
                        $"At most {MostEntries} segments, each once, with a limit for each class. {OfSizes}");

        bool IsOfEach(IReadOnlyList<ClassLimit> limits) => limits.Count == classes.Count
            && classes.All(one => limits.Count(limit => limit.Class == one.Code) == 1);
    }

    private static bool IsBySize(ClassLimit limit) => limit.Caps is not { } caps
        || (caps.Count is > 0 and <= MostEntries && caps[0].Revenue == 0
            && caps.All(one => one.Revenue <= MostAmount && one.Cap >= 0 && one.Cap <= limit.Cap)
            && caps.Zip(caps.Skip(1)).All(pair => pair.First.Revenue < pair.Second.Revenue));

    private static (string, string)? Checklists(ApplicationPolicy applications)
    {
        if (applications.Checklists is not { } checklists)
            return null;
        foreach (var (kind, points) in checklists)
        {
            if (Unknown("/applications/checklists", [kind], Assessor.Kinds) is { } unknown)
                return unknown;
            if (points is null || points.Any(point => point is null))
                return ("/applications/checklists", $"{kind}: a list, and each of its points, is something.");
            if (points.Count > MostPoints || points.Select(point => point.Code).Distinct().Count() != points.Count
                || points.Any(point => point.Code is not { Length: > 0 and <= 100 }
                    || point.Text is not { Length: > 0 and <= 500 }))
            {
                return ("/applications/checklists",
                    $"{kind}: at most {MostPoints} points, each with a code of its own and a text.");
            }
        }

        return null;
    }

    private static (string, string)? Sales(SalesAddresses? sales)
    {
        if (sales is null)
            return null;
        string?[] addresses = [sales.Address, .. sales.Segments?.Values ?? []];
        if (sales.Languages is { } languages
            && (languages.Keys.Except(addresses).Any() || languages.Values.Except(SalesAddresses.Known).Any()))
        {
            return ("/applications/sales",
                $"Languages are {string.Join(", ", SalesAddresses.Known)}, each of an address that is named.");
        }

        return sales.Segments?.Count > MostEntries
            || addresses.Any(address => address is not null
                && (address.Length > MostOfName || !Mailer.IsAddress(address)))
            || sales.Segments?.Values.Any(address => address is null) == true
                ? ("/applications/sales", $"Bare mail addresses of at most {MostOfName} characters.")
                : null;
    }

    /// <summary>A name that means nothing would switch off what it was meant for, and nobody would see it.</summary>
    private static (string, string)? Codes(CreditPolicy policy)
    {
        string[] classes = [.. policy.Scorecard.Classes.Select(one => one.Code)];
        return Unknown("/applications/knockOuts", policy.Applications.KnockOuts, FindingCodes.All)
            ?? Unknown("/holds/declining", policy.Holds.Declining, HoldDecider.Codes)
            ?? Unknown("/reviews/days", policy.Reviews.Days.Keys, [.. classes, AnyClass])
            ?? Unknown("/terms/maxDays", policy.Terms.MaxDays?.Keys ?? [], [.. classes, AnyClass])
            ?? Unknown("/terms/lossPercent", policy.Terms.LossPercent?.Keys ?? [], [.. classes, AnyClass])
            ?? Unknown("/exposure/settlementDays", policy.Exposure.SettlementDays?.Keys ?? [], PaymentMethods.All)
            ?? policy.Orders.Rules.Select(rule => rule.Code switch
            {
                RuleCodes.OverComponentLimit => Unknown("/orders/rules", rule.Values!, ComponentCodes.All),
                RuleCodes.RiskClass => Unknown("/orders/rules", rule.Values!, classes),
                RuleCodes.CustomerStatus => Unknown("/orders/rules", rule.Values!, CustomerStatuses.All),
                _ => null,
            }).FirstOrDefault(fault => fault is not null);
    }

    private static (string, string)? Unknown(
        string field, IEnumerable<string> names, IReadOnlyCollection<string> known) =>
        names.Except(known).FirstOrDefault() is { } name
            ? (field, $"'{name}' is none of {string.Join(", ", known)}.")
            : null;
}
