namespace OrderToCash.Contracts.Collections.V1;

/// <summary>A matter was handed up, or went up a rung because nobody had acknowledged it in time.</summary>
/// <param name="EscalationId">The escalation.</param>
/// <param name="LegalEntity">Whose receivables.</param>
/// <param name="CustomerId">The customer.</param>
/// <param name="Target"><c>team-lead</c>, <c>sales</c>, <c>credit-manager</c>, <c>legal</c> or <c>agency</c>.</param>
/// <param name="Cause"><c>manual</c>, <c>playbook</c>, <c>dispute</c> or <c>overdue-state</c>.</param>
/// <param name="SourceId">The notice or dispute behind it, or null.</param>
/// <param name="Text">In words.</param>
/// <param name="AcknowledgeBy">Last day to acknowledge it.</param>
public sealed record EscalationRaised(
    Guid EscalationId, string LegalEntity, Guid CustomerId, string Target, string Cause, Guid? SourceId, string Text,
    DateOnly AcknowledgeBy);
