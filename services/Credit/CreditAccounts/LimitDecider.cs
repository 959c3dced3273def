using OrderToCash.Kernel;

namespace OrderToCash.Credit.CreditAccounts;

/// <summary>What is decided on limits, and on who answers for what is owed.</summary>
public static class LimitDecider
{
    /// <summary>Sets the limit; the same limit again is nothing.</summary>
    public static Decision Set(CreditAccount account, Money limit, DateOnly? expiresOn, DateOnly today)
    {
        if (Fault(account, limit, expiresOn, today) is { } fault)
            return fault;
        var set = new LimitSet(limit, expiresOn);
        return set == account.Limit ? Decision.Nothing : Decision.Of(set);
    }

    /// <summary>Sets another limit for some days.</summary>
    public static Decision SetTemporary(
        CreditAccount account, Money limit, DateOnly from, DateOnly until, DateOnly today)
    {
        if (Fault(account, limit, until, today) is { } fault)
            return fault;
        if (until < from)
            return CreditRefusals.EndsBeforeItBegins(from, until);
        var set = new TemporaryLimitSet(limit, from, until);
        return set == account.TemporaryLimit ? Decision.Nothing : Decision.Of(set);
    }

    /// <summary>Ends the temporary limit before its time.</summary>
    public static Decision WithdrawTemporary(CreditAccount account) =>
        account.TemporaryLimit is null ? Decision.Nothing : Decision.Of(new TemporaryLimitWithdrawn());

    /// <summary>Registers a guarantee or an insurance; the same again is nothing.</summary>
    public static Decision Register(CreditAccount account, CoverRegistered cover, DateOnly today)
    {
        if (cover.Until is { } until && until < cover.From)
            return CreditRefusals.EndsBeforeItBegins(cover.From, until);
        if (cover.Until < today)
            return CreditRefusals.CoverInThePast(cover.Until.Value, today);
        return account.Cover.GetValueOrDefault(cover.CoverId) == cover ? Decision.Nothing : Decision.Of(cover);
    }

    /// <summary>Ends a guarantee or an insurance as of a day.</summary>
    public static Decision End(CreditAccount account, Guid coverId, DateOnly on)
    {
        if (!account.Cover.TryGetValue(coverId, out var cover))
            return Refusal.NotFound("cover", coverId);
        return cover.Until < on ? Decision.Nothing : Decision.Of(new CoverEnded(coverId, on));
    }

    private static Refusal? Fault(CreditAccount account, Money limit, DateOnly? last, DateOnly today) =>
        limit.Currency != account.Currency ? CreditRefusals.LimitInOtherCurrency(limit.Currency, account.Currency)
        : last < today ? CreditRefusals.ExpiryInThePast(last.Value, today)
        : null;
}
