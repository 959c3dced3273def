namespace OrderToCash.Credit.Policies;

/// <summary>How far an order has come when it is checked, in the order in which it gets there.</summary>
public enum CheckPoint
{
    /// <summary>It is about to be confirmed to the customer.</summary>
    Confirm,

    /// <summary>It is about to be picked in the warehouse.</summary>
    Pick,

    /// <summary>It is about to be packed.</summary>
    Pack,

    /// <summary>It is about to leave.</summary>
    Ship,

    /// <summary>A pro-forma invoice is about to be made of it.</summary>
    ProForma,

    /// <summary>It is about to be invoiced.</summary>
    Invoice,
}
