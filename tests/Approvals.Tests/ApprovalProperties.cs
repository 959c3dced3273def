using FsCheck;
using FsCheck.Fluent;
using OrderToCash.Kernel;

namespace OrderToCash.Approvals.Tests;

/// <summary>I-19, whatever is tried by whom and in what order.</summary>
public class ApprovalProperties
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 18, 0, 0, TimeSpan.Zero);

    private static readonly string[] Roles = ["clerk", "ar-manager", "controller"];

    private static readonly Gen<Step> Steps =
        from what in Gen.Elements("approve", "approve", "approve", "reject", "withdraw", "expire")
        from who in Gen.Elements("ana", "bob", "cid", "eve")
        from role in Gen.Elements(Roles)
        from lender in Gen.Elements("ana", "bob", "cid", "eve")
        from lent in Gen.Elements(Roles)
        from hours in Gen.Choose(0, 4)
        select new Step(what, who, role, lender, lent, Now.AddHours(hours));

    private static readonly Gen<ApprovalMatrix> Matrices =
        from ends in Gen.Choose(1, 1_000).ListOf()
        let upTo = ends.Distinct().Select(end => (decimal?)end).Append(null).ToList()
        from needed in Gen.Choose(0, 5).ArrayOf(upTo.Count)
        from roles in Gen.Elements(Roles).ArrayOf(upTo.Count)
        select ApprovalMatrix.Evolve(ApprovalMatrix.Initial, new ApprovalMatrixDefined(
            "US01",
            [.. upTo.Select((end, band) => new ApprovalRule("write-off", end, needed[band], roles[band]))], "USD"));

    [Fact]
    public void I19_what_is_granted_was_approved_by_enough_others_each_once_and_with_a_role_for_it() => Holds(
        from needed in Gen.Choose(1, 3)
        from steps in Steps.ListOf()
        select (needed, steps),
        tried =>
        {
            var requested = new ApprovalRequested(
                "write-off", "US01", Money.Of(1, "USD"), "", "ana", tried.needed, ["ar-manager", "controller"], "{}",
                Now.AddHours(3));
            var approval = Approval.Evolve(Approval.Initial, requested);
            var given = new List<Step>();
            var voices = new List<string>();
            foreach (var step in tried.steps)
            {
                var ended = approval.Status != ApprovalStatus.Waiting;
                var events = step.Decide(approval).Events;
                (ended && events.Count > 0).ShouldBeFalse("what has ended stays so");
                if (events.OfType<ApprovalGiven>().SingleOrDefault() is { } one)
                {
                    given.Add(step);
                    (one.OnBehalfOf is null ? step.Role : step.LentRole).ShouldNotBe("clerk");
                    (one.OnBehalfOf ?? step.Lender).ShouldBe(step.Lender);
                    voices.AddRange(one.OnBehalfOf is { } lender ? [step.By, lender] : [step.By]);
                }

                approval = events.Aggregate(approval, Approval.Evolve);
            }

            given.ShouldAllBe(step => step.At < Now.AddHours(3));
            voices.ShouldBeUnique();
            voices.ShouldNotContain("ana");
            approval.ApprovedBy.ShouldBe(given.Select(step => step.By));
            (approval.Status == ApprovalStatus.Granted).ShouldBe(given.Count == tried.needed);
        });

    [Fact]
    public void Who_may_approve_a_higher_amount_may_approve_a_lower_one() => Holds(
        from matrix in Matrices
        from low in Gen.Choose(1, 1_200)
        from more in Gen.Choose(0, 1_200)
        select (matrix, low, more),
        tried =>
        {
            tried.matrix.Define(tried.matrix.Definition!).IsRefused.ShouldBeFalse();
            var (low, high) = (Required(tried.low, "USD"), Required(tried.low + tried.more, "USD"));
            if (low.Approvals > 0)
                high.Roles.ShouldBeSubsetOf(low.Roles);
            Required(tried.low, "EUR").Approvals.ShouldBe(Required(1_000_000, "USD").Approvals);

            RequiredApproval Required(int amount, string currency) =>
                tried.matrix.Required("write-off", Money.Of(amount, currency), new HashSet<string>());
        });

    private static void Holds<T>(Gen<T> values, Action<T> holds) => Prop
        .ForAll(values.ToArbitrary(), value =>
        {
            holds(value);
            return true;
        })
        .Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    public sealed record Step(
        string What, string By, string Role, string Lender, string LentRole, DateTimeOffset At)
    {
        public Decision Decide(Approval approval)
        {
            var authority = new Authority(
                By, new HashSet<string> { Role }, Lender == By ? [] : [new DelegatedRoles(Lender, [LentRole])]);
            return What switch
            {
                "approve" => ApprovalDecider.Approve(approval, authority, At),
                "reject" => ApprovalDecider.Reject(approval, authority),
                "withdraw" => ApprovalDecider.Withdraw(approval, By),
                _ => ApprovalDecider.Expire(approval, At),
            };
        }
    }
}
