using OrderToCash.Approvals;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>What was approved is judged once more when it is carried out.</summary>
public static class AuthorityOfTheDay
{
    /// <summary>
    /// True where those who were asked may still approve it: by what it comes to by now, and by no less than it was
    /// asked for, with a customer of its class of the day, or of the worse one it was in when they were asked. Else a
    /// yes from before a customer worsened, or before more was given, would be worth more than one of today.
    /// </summary>
    /// <param name="gate">Knows the matrix.</param>
    /// <param name="asked">What was asked for, and who may approve it.</param>
    /// <param name="now">What it comes to by now.</param>
    /// <param name="riskClass">The class of the customer by now; null for none.</param>
    /// <param name="scorecard">Which class is the worse one.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<bool> MayStillApproveAsync(
        this ApprovalGate gate, ApprovalRequested asked, Money now, string? riskClass, ScorecardPolicy scorecard,
        CancellationToken cancellation)
    {
        var most = now.Currency == asked.Amount.Currency ? Money.Max(now, asked.Amount) : now;
        return await IsTheirsAsync(riskClass)
            || (Scorecard.IsWorse(scorecard, riskClass, asked.RiskClass) && await IsTheirsAsync(asked.RiskClass));

        async Task<bool> IsTheirsAsync(string? risk) => !(await gate.RequiredAsync(
            asked.Kind, asked.LegalEntity, most, new HashSet<string>(), cancellation, risk)).IsMoreThan(asked);
    }
}
