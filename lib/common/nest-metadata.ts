/** Nest's own keys for what it knows of a class. */
export const PARAMETER_TYPES = 'design:paramtypes';
export const DECLARED_PARAMETERS = 'self:paramtypes';
export const DECLARED_PROPERTIES = 'self:properties_metadata';
export const INJECTABLE = '__injectable__';
export const SCOPE = 'scope:options';
